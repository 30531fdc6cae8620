#include "base/wire.h"

#include <gtest/gtest.h>

namespace hsm {
namespace {

TEST(Wire, ReadsBackWhatWasWritten) {
  WireWriter writer;
  writer.put(std::uint8_t{7});
  writer.put_text("name");
  writer.put(std::int64_t{-1});
  WireReader reader(writer.view());
  EXPECT_EQ(reader.get<std::uint8_t>(), 7);
  EXPECT_EQ(reader.get_text(), "name");
  EXPECT_EQ(reader.get<std::int64_t>(), -1);
  EXPECT_TRUE(reader.finish("record"));
}

TEST(Wire, EveryTruncationIsNoticed) {
  WireWriter writer;
  writer.put(std::uint32_t{1});
  writer.put_text("abc");
  const Bytes whole = writer.take();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    WireReader reader(ByteView(whole).first(size));
    reader.get<std::uint32_t>();
    reader.get_text();
    EXPECT_FALSE(reader.finish("record")) << size;
  }
}

TEST(Wire, ALengthBeyondTheEndReadsNothing) {
  const Bytes huge{0xff, 0xff, 0xff, 0xff, 1, 2};
  WireReader reader(huge);
  EXPECT_TRUE(reader.get_view().empty());
  EXPECT_FALSE(reader.ok());
}

TEST(Wire, LeftOverBytesAreAnError) {
  const Bytes two{1, 2};
  WireReader reader(two);
  reader.get<std::uint8_t>();
  EXPECT_FALSE(reader.finish("record"));
}

}  // namespace
}  // namespace hsm
