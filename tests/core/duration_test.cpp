#include "core/duration.h"

#include <gtest/gtest.h>

#include <random>

namespace hsm::core {
namespace {

Duration duration(std::string_view text) {
  return Duration::parse(text).value();
}

// 2024-01-31T12:00:00Z
constexpr std::int64_t kEndOfJanuary = 1'706'702'400;

TEST(Duration, KeepsItsTextAsItWasGiven) {
  for (const char* text : {"P90D", "p18m", "P1Y10D", "PT48H", "P0Y28D", "P1Y2M3DT4H5M6S", "P100Y"}) {
    const auto parsed = Duration::parse(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->text(), text);
  }
}

TEST(Duration, RefusesWhatIsNotOne) {
  for (const char* text : {"",
                           "P",
                           "PT",
                           "P1",
                           "1D",
                           "90",
                           "P1DT",
                           "P-1D",
                           "P+1D",
                           "-P1D",
                           "P1.5D",
                           "P1,5D",
                           "P 1D",
                           "P1D ",
                           "P1H",
                           "PT1D",
                           "P1D1M",
                           "P1M1Y",
                           "P1M1M",
                           "PD",
                           "P4W",
                           "P1YT",
                           "P1DP1D",
                           "P99999999999999999999D",
                           "P101Y",
                           "P36501D",
                           "P9223372036854775807Y",
                           "PT3153600001S",
                           "\xC3\xA9",
                           "P1\0D"}) {
    const auto parsed = Duration::parse(text);
    EXPECT_FALSE(parsed) << text;
    if (!parsed) {
      EXPECT_EQ(parsed.error().code, Errc::kBadParameter);
    }
  }
}

TEST(Duration, CountsMonthsByTheCalendar) {
  constexpr std::int64_t kDay = kSecondsADay;
  EXPECT_EQ(duration("P1D").after(kEndOfJanuary), kEndOfJanuary + kDay);
  EXPECT_EQ(duration("P1M").after(kEndOfJanuary), kEndOfJanuary + 29 * kDay) << "29 February";
  EXPECT_EQ(duration("P1Y").after(kEndOfJanuary), kEndOfJanuary + 366 * kDay) << "2024 is a leap year";
  EXPECT_EQ(duration("P1M").before(kEndOfJanuary), kEndOfJanuary - 31 * kDay);
  EXPECT_EQ(duration("P1M1DT1H").after(kEndOfJanuary), kEndOfJanuary + 30 * kDay + 3600);
  EXPECT_EQ(duration("PT48H").before(kEndOfJanuary), kEndOfJanuary - 2 * kDay);
  EXPECT_EQ(duration("P18M").after(kEndOfJanuary), duration("P1Y6M").after(kEndOfJanuary));
}

TEST(Duration, StaysInTheYearsThatHaveFourDigits) {
  const Duration longest = duration("P100Y");
  EXPECT_EQ(longest.after(INT64_MAX), 253'402'300'799);
  EXPECT_EQ(longest.before(INT64_MIN), -62'135'596'800);
  EXPECT_LT(longest.before(-1'770'244'096), -1'770'244'096) << "what a client's 32-bit arithmetic makes of 2050";
}

TEST(Duration, AfterIsLaterAndBeforeIsEarlierByAboutItsNominalLength) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = "P" + std::to_string(random() % 50) + "Y" + std::to_string(random() % 24) + "M" +
                             std::to_string(1 + random() % 400) + "D";
    const Duration span = duration(text);
    const auto moment = static_cast<std::int64_t>(random() % 4'102'444'800);
    const std::int64_t later = span.after(moment);
    // A calendar year is up to a day longer than the nominal one, twelve months five.
    const std::int64_t slack = (50 + 2 * 6 + 4) * kSecondsADay;
    ASSERT_GT(later, moment) << text;
    ASSERT_NEAR(static_cast<double>(later - moment), static_cast<double>(span.nominal_seconds()),
                static_cast<double>(slack))
        << text;
    ASSERT_LE(std::abs(span.before(later) - moment), 6 * kSecondsADay) << text << ": months differ by three days";
  }
}

}  // namespace
}  // namespace hsm::core
