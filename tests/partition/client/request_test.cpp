#include "partition/client/request.h"

#include <gtest/gtest.h>

namespace hsm::partition {
namespace {

std::vector<core::CryptoRequest> requests(std::size_t count, core::Algorithm algorithm, ByteView input = {}) {
  core::CryptoRequest request;
  request.key = std::make_shared<const core::KeyReference>(core::KeyReference{{}, Bytes(100)});
  request.operation = core::KeyOperation::kSign;
  request.algorithm = algorithm;
  request.input = input;
  return std::vector<core::CryptoRequest>(count, request);
}

TEST(FirstMessage, TakesAllThatIsLittle) {
  const Message message = first_message(requests(5, core::Algorithm::kHs256));
  EXPECT_EQ(message.operations, 5U);
  EXPECT_EQ(message.load.cost, 5U);
}

TEST(FirstMessage, IsNoMoreWorkThanWakesTheNextWorker) {
  EXPECT_EQ(first_message(requests(100, core::Algorithm::kHs256)).operations, kSpillCost);
  EXPECT_EQ(first_message(requests(100, core::Algorithm::kEs256)).operations, 4U);
  EXPECT_EQ(first_message(requests(100, core::Algorithm::kRs256)).operations, 1U);
  EXPECT_EQ(first_message(requests(100, core::Algorithm::kMlDsa87)).operations, 1U);
}

TEST(FirstMessage, FitsItsBodyAndThatOfTheReply) {
  const Bytes input(core::kOperationInputBytesMax);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1000}, std::size_t{5000}, input.size()}) {
    const auto all = requests(100, core::Algorithm::kHs256, ByteView(input).first(size));
    const Message message = first_message(all);
    ASSERT_GE(message.operations, 1U);
    PerformEncoder encoder;
    EXPECT_LE(bytes_in(encoder.encode(std::span(all).first(message.operations), true)), kBodyBytesMax) << size;
    EXPECT_LE(message.operations * result_bytes_max(all[0]), kBodyBytesMax) << size;
    EXPECT_EQ(message.load.reply_slots, slots_of(message.operations * result_bytes_max(all[0]))) << size;
  }
}

}  // namespace
}  // namespace hsm::partition
