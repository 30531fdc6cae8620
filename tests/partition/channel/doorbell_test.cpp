#include "partition/channel/doorbell.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <thread>

#include "base/fd.h"

namespace hsm::partition {
namespace {

// Both rules are about wake-ups that get lost: a lost one shows as a test that never ends.

TEST(Doorbell, NoRingIsLost) {
  Doorbell to_server{}, to_client{};
  std::atomic<std::uint32_t> asked{0}, answered{0};
  constexpr std::uint32_t kRounds = 50'000;
  std::thread server([&to_server, &to_client, &asked, &answered] {
    for (std::uint32_t done = 0; done < kRounds;) {
      to_server.sleep_unless([&asked, done] { return asked.load() != done; });
      if (asked.load() == done) continue;
      answered.store(++done);
      to_client.ring_if_asleep();
    }
  });
  for (std::uint32_t round = 1; round <= kRounds; ++round) {
    asked.store(round);
    to_server.ring_if_asleep();
    while (answered.load() != round) {
      to_client.sleep_unless([&answered, round] { return answered.load() == round; });
    }
  }
  server.join();
  EXPECT_EQ(answered.load(), kRounds);
}

bool readable(int fd) {
  pollfd poll{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&poll, 1, 0) == 1;
}

TEST(Alarm, RingsOnceForEachArming) {
  const Fd event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  Alarm alarm{};
  AlarmRinger ringer(alarm, event.get());
  std::uint64_t count = 0;

  ringer.ring_if_armed();
  EXPECT_FALSE(readable(event.get())) << "not armed";

  alarm.armed.store(1);
  ringer.ring_if_armed();
  ringer.ring_if_armed();
  ASSERT_EQ(::read(event.get(), &count, sizeof count), 8);
  EXPECT_EQ(count, 1u) << "the same arming";

  alarm.armed.store(2);
  ringer.ring_if_armed();
  EXPECT_TRUE(readable(event.get()));
}

}  // namespace
}  // namespace hsm::partition
