// A process that is killed loses nothing that it has answered.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "storage/sqlite.h"
#include "tests/storage/temporary_folder.h"

namespace hsm::test {
namespace {

using storage::SqliteStore;

constexpr int kRounds = 30;
constexpr int kThreads = 4;
constexpr std::uint32_t kAnswersMax = 40;  // before the kill

struct Answer {  // through the pipe; written whole, being far shorter than PIPE_BUF
  int thread = 0;
  int number = 0;
};

std::string path_of(int round, const Answer& answer) {
  return std::to_string(round) + "/" + std::to_string(answer.thread) + "/" + std::to_string(answer.number);
}

// The child commits pairs of records until it is killed, and reports each answered commit.
[[noreturn]] void commit_until_killed(const std::string& file, int round, int report) {
  const auto store = SqliteStore::open(file);
  if (!store) ::_exit(1);
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&store, round, report, t] {
      for (Answer answer{t, 0};; ++answer.number) {
        const auto path = path_of(round, answer);
        const auto value = copy_of(bytes_of(path));
        if (!(*store)->commit(
                {.expectations = {}, .puts = {{"a/" + path, value}, {"b/" + path, value}}, .deletes = {}})) {
          ::_exit(1);
        }
        if (::write(report, &answer, sizeof(answer)) != sizeof(answer)) ::_exit(1);
      }
    });
  }
  threads.clear();  // waits for ever
  ::_exit(0);
}

std::vector<Answer> answers_until_killed(const std::string& file, int round, std::uint32_t kill_after) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    commit_until_killed(file, round, ends[1]);
  }
  ::close(ends[1]);
  std::vector<Answer> answers;
  Answer answer;
  if (kill_after == 0) ::kill(child, SIGKILL);
  while (::read(ends[0], &answer, sizeof(answer)) == sizeof(answer)) {
    answers.push_back(answer);
    if (answers.size() == kill_after) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  return answers;
}

TEST(SqliteKill, EveryAnsweredCommitIsThereAndEveryTransactionIsWhole) {
  const TemporaryFolder folder;
  const auto file = folder.file("store.db");
  std::mt19937 random(7);  // NOLINT: a fixed seed, so that a failure repeats
  std::size_t total = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto answers = answers_until_killed(file, round, static_cast<std::uint32_t>(random() % kAnswersMax));
    const auto store = SqliteStore::open(file).value();
    for (const auto& answer : answers) {
      const auto path = path_of(round, answer);
      const auto record = store->get("a/" + path).value();
      ASSERT_TRUE(record.has_value()) << "round " << round << " lost " << path;
      EXPECT_EQ(text_of(record->value), path);
    }
    const auto left = store->list("a/", "", 100'000).value();
    const auto right = store->list("b/", "", 100'000).value();
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t i = 0; i < left.size(); ++i) ASSERT_EQ(left[i].revision, right[i].revision);
    total += answers.size();
  }
  EXPECT_GT(total, std::size_t{kRounds});
}

}  // namespace
}  // namespace hsm::test
