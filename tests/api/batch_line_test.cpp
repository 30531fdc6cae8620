#include "api/batch_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace hsm::api {
namespace {

using Ticket = BatchLine::Ticket;

core::CryptoRequest wrap_request(ByteView input = {}) {
  core::CryptoRequest request;
  request.operation = core::KeyOperation::kWrapKey;
  request.algorithm = core::Algorithm::kA256Kw;
  request.input = input;
  return request;
}

core::CryptoRequest signature() {
  core::CryptoRequest request;
  request.operation = core::KeyOperation::kSign;
  request.algorithm = core::Algorithm::kRs256;
  return request;
}

std::shared_ptr<Batch> batch_of(std::size_t count, core::CryptoRequest request = wrap_request()) {
  auto batch = std::make_shared<Batch>();
  request.key = std::make_shared<const core::KeyReference>();
  batch->requests.assign(count, request);
  batch->parts.resize(count);
  batch->unanswered = count;
  return batch;
}

void refuse(Batch& batch, std::size_t part) {
  batch.parts[part].result = fail(Errc::kForbidden);
  --batch.unanswered;
}

std::vector<Ticket> send_all(BatchLine& line) {
  std::vector<Ticket> sent;
  while (auto ticket = line.next()) sent.push_back(*ticket);
  return sent;
}

std::size_t parts_of(const std::vector<Ticket>& tickets) {
  std::size_t parts = 0;
  for (const Ticket& ticket : tickets) parts += ticket.count;
  return parts;
}

// answer gives every part of a message the same output.
bool answer(BatchLine& line, const Ticket& ticket, std::string_view output = "wrapped") {
  const std::vector<Result<core::CryptoResult>> results(ticket.count, core::CryptoResult{.output = bytes_of(output)});
  return line.answer(ticket, results);
}

TEST(BatchLine, SendsEightMessagesOfLightPartsAtMostAndMoreWhenHalfCameBack) {
  BatchLine line;
  line.add(batch_of(1000));
  const std::vector<Ticket> sent = send_all(line);
  ASSERT_EQ(sent.size(), 8U);
  EXPECT_EQ(parts_of(sent), 8 * partition::kSpillCost);
  for (std::size_t i = 0; i < 3; ++i) {
    answer(line, sent[i]);
    EXPECT_FALSE(line.next()) << i;
  }
  answer(line, sent[3]);
  EXPECT_EQ(send_all(line).size(), 4U);
}

TEST(BatchLine, SendsEightRsaSignaturesAtMost) {
  BatchLine line;
  line.add(batch_of(1000, signature()));
  const std::vector<Ticket> sent = send_all(line);
  EXPECT_EQ(sent.size(), 8U);
  EXPECT_EQ(parts_of(sent), 8U) << "one a message, so that several workers share them";
}

TEST(BatchLine, SendsFewerPartsOfManyBytes) {
  const Bytes input(core::kOperationInputBytesMax);
  BatchLine line;
  line.add(batch_of(1000, wrap_request(input)));
  EXPECT_LE(parts_of(send_all(line)), 6U);
}

TEST(BatchLine, EveryPartIsSentOnceAndInOrder) {
  BatchLine line;
  const auto batch = batch_of(200);
  line.add(batch);
  std::vector<std::size_t> order;
  std::size_t finished = 0;
  for (std::vector<Ticket> sent = send_all(line); !sent.empty(); sent = send_all(line)) {
    for (const Ticket& ticket : sent) {
      for (std::size_t i = 0; i < ticket.count; ++i) order.push_back(ticket.first + i);
      finished += answer(line, ticket) ? 1 : 0;
    }
  }
  ASSERT_EQ(order.size(), 200U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(finished, 1U);
  EXPECT_EQ(batch->unanswered, 0U);
}

TEST(BatchLine, ARefusedPartIsNotSentAndPartsAMessage) {
  BatchLine line;
  const auto batch = batch_of(6);
  for (const std::size_t i : {0, 3, 5}) refuse(*batch, i);
  line.add(batch);
  const std::vector<Ticket> sent = send_all(line);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].first, 1U);
  EXPECT_EQ(sent[0].count, 2U);
  EXPECT_EQ(sent[1].first, 4U);
  EXPECT_EQ(sent[1].count, 1U);
  EXPECT_FALSE(line.answer(sent[1], fail(Errc::kUnavailable)));
  EXPECT_TRUE(answer(line, sent[0]));
  EXPECT_EQ(batch->parts[3].result.error().code, Errc::kForbidden);
  EXPECT_EQ(batch->parts[4].result.error().code, Errc::kUnavailable);
}

TEST(BatchLine, ABatchOfRefusedPartsAloneDoesNotStandInLine) {
  BatchLine line;
  const auto batch = batch_of(1);
  refuse(*batch, 0);
  line.add(batch);
  EXPECT_FALSE(line.next());
}

TEST(BatchLine, ResultsAreKeptWhenTheReplyIsGone) {
  BatchLine line;
  const auto batch = batch_of(3);
  line.add(batch);
  const std::vector<Ticket> sent = send_all(line);
  {
    std::string output = "output";
    Bytes iv(12, 1), tag(16, 2);
    std::vector<Result<core::CryptoResult>> results(3, core::CryptoResult{bytes_of(output), iv, tag, true});
    results[1] = fail(Errc::kBadCiphertext);
    EXPECT_TRUE(line.answer(sent[0], results));
    output.assign("gone!!");
    std::ranges::fill(iv, std::uint8_t{0});
  }
  for (const std::size_t i : {0, 2}) {
    const core::CryptoResult& result = *batch->parts[i].result;
    EXPECT_EQ(text_of(result.output), "output");
    EXPECT_EQ(copy_of(result.iv), Bytes(12, 1));
    EXPECT_EQ(copy_of(result.tag), Bytes(16, 2));
    EXPECT_TRUE(result.verified);
  }
  EXPECT_EQ(batch->parts[1].result.error().code, Errc::kBadCiphertext);
}

TEST(BatchLine, BatchesTakeTurns) {
  BatchLine line;
  const auto first = batch_of(1000);
  const auto second = batch_of(1000);
  line.add(first);
  line.add(second);
  std::map<const Batch*, int> sent;
  for (const Ticket& ticket : send_all(line)) ++sent[ticket.batch.get()];
  EXPECT_EQ(sent[first.get()], 4);
  EXPECT_EQ(sent[second.get()], 4);
}

TEST(BatchLine, WhatFoundNoRoomIsSentAgainFirst) {
  BatchLine line;
  const auto batch = batch_of(3, signature());
  line.add(batch);
  std::vector<Ticket> sent = send_all(line);
  EXPECT_FALSE(answer(line, sent[0]));
  EXPECT_TRUE(line.others_under_way(sent[2]));
  line.put_back(sent[2]);
  sent = send_all(line);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].first, 2U);
}

TEST(BatchLine, AMessageAloneOnItsWayHasNobodyToWaitFor) {
  BatchLine line;
  line.add(batch_of(1));
  const std::vector<Ticket> sent = send_all(line);
  EXPECT_FALSE(line.others_under_way(sent[0]));
}

}  // namespace
}  // namespace hsm::api
