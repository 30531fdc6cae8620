#include "base/secret_bytes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <type_traits>

namespace hsm {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(!Printable<SecretBytes> && !fmt::is_formattable<SecretBytes>::value);

TEST(SecretBytes, TakeWipesItsSource) {
  std::array<std::uint8_t, 3> source{1, 2, 3};
  const SecretBytes secret = SecretBytes::take(source);
  EXPECT_EQ(secret.reveal()[2], 3);
  EXPECT_EQ(source, (std::array<std::uint8_t, 3>{}));
}

TEST(SecretBytes, MovingLeavesTheSourceEmpty) {
  SecretBytes first(4);
  const SecretBytes second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): the promise under test
  EXPECT_EQ(second.size(), 4U);
}

TEST(SecretBytes, ShrinkKeepsTheFirstBytes) {
  SecretBytes secret(4);
  secret.writable()[0] = 7;
  secret.shrink(1);
  EXPECT_EQ(secret.size(), 1U);
  EXPECT_EQ(secret.reveal()[0], 7);
}

TEST(SecretBytes, ComparesByContent) {
  SecretBytes a(2);
  EXPECT_TRUE(a == SecretBytes(2));
  EXPECT_FALSE(a == SecretBytes(3));
  a.writable()[1] = 1;
  EXPECT_FALSE(a == SecretBytes(2));
}

}  // namespace
}  // namespace hsm
