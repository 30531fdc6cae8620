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

std::shared_ptr<Batch> batch_of(std::size_t count, const core::CryptoRequest& request = wrap_request()) {
  auto batch = std::make_shared<Batch>();
  for (std::size_t i = 0; i < count; ++i) batch->parts.push_back({.request = request, .algorithm = {}, .result = {}});
  batch->unanswered = count;
  return batch;
}

std::vector<Ticket> send_all(BatchLine& line) {
  std::vector<Ticket> sent;
  while (auto ticket = line.next()) sent.push_back(*ticket);
  return sent;
}

TEST(BatchLine, Sends128LightPartsAtMostAndMoreWhenHalfCameBack) {
  BatchLine line;
  line.add(batch_of(1000));
  const std::vector<Ticket> sent = send_all(line);
  ASSERT_EQ(sent.size(), 128U);
  for (std::size_t i = 0; i < 63; ++i) {
    line.answer(sent[i], core::CryptoReply{});
    EXPECT_FALSE(line.next()) << i;
  }
  line.answer(sent[63], core::CryptoReply{});
  EXPECT_EQ(send_all(line).size(), 64U);
}

TEST(BatchLine, SendsEightRsaSignaturesAtMost) {
  BatchLine line;
  line.add(batch_of(1000, signature()));
  EXPECT_EQ(send_all(line).size(), 8U);
}

TEST(BatchLine, SendsFewerPartsOfManyBytes) {
  const Bytes input(core::kOperationInputBytesMax);
  BatchLine line;
  line.add(batch_of(1000, wrap_request(input)));
  EXPECT_LE(send_all(line).size(), 6U);
}

TEST(BatchLine, EveryPartIsSentOnceAndInOrder) {
  BatchLine line;
  const auto batch = batch_of(200);
  line.add(batch);
  std::vector<std::size_t> order;
  std::size_t finished = 0;
  for (std::vector<Ticket> sent = send_all(line); !sent.empty(); sent = send_all(line)) {
    for (const Ticket& ticket : sent) {
      order.push_back(ticket.part);
      finished += line.answer(ticket, core::CryptoReply{}) ? 1 : 0;
    }
  }
  ASSERT_EQ(order.size(), 200U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(finished, 1U);
  EXPECT_EQ(batch->unanswered, 0U);
}

TEST(BatchLine, APartThatHasItsResultIsNotSent) {
  BatchLine line;
  const auto batch = batch_of(5);
  for (const std::size_t i : {0, 3, 4}) {
    batch->parts[i].result = fail(Errc::kForbidden);
    --batch->unanswered;
  }
  line.add(batch);
  const std::vector<Ticket> sent = send_all(line);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].part, 1U);
  EXPECT_EQ(sent[1].part, 2U);
  EXPECT_FALSE(line.answer(sent[1], fail(Errc::kUnavailable)));
  EXPECT_TRUE(line.answer(sent[0], core::CryptoReply{}));
}

TEST(BatchLine, BatchesTakeTurns) {
  BatchLine line;
  const auto first = batch_of(1000);
  const auto second = batch_of(1000);
  line.add(first);
  line.add(second);
  std::map<const Batch*, int> sent;
  for (const Ticket& ticket : send_all(line)) ++sent[ticket.batch.get()];
  EXPECT_EQ(sent[first.get()], 64);
  EXPECT_EQ(sent[second.get()], 64);
}

TEST(BatchLine, WhatFoundNoRoomIsSentAgainFirst) {
  BatchLine line;
  const auto batch = batch_of(3);
  line.add(batch);
  std::vector<Ticket> sent = send_all(line);
  EXPECT_FALSE(line.answer(sent[0], core::CryptoReply{}));
  EXPECT_TRUE(line.others_under_way(sent[2]));
  line.put_back(sent[2]);
  sent = send_all(line);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].part, 2U);
}

TEST(BatchLine, APartAloneOnItsWayHasNobodyToWaitFor) {
  BatchLine line;
  line.add(batch_of(1));
  const std::vector<Ticket> sent = send_all(line);
  EXPECT_FALSE(line.others_under_way(sent[0]));
}

}  // namespace
}  // namespace hsm::api
