#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "partition/client/roster.h"

namespace hsm::partition {

// FakePartition is the other side of the channel, in the test's own process: `step` answers everything that waits, by a
// function the test gives. It answers nothing for which that function returns nothing.
class FakePartition {
 public:
  struct Answer {
    Bytes body;
    std::uint8_t error = 0;
  };
  using Behaviour = std::function<std::optional<Answer>(const RequestHeader&, ByteView body)>;

  FakePartition(Roster& roster, unsigned index, Behaviour behaviour)
      : roster_(roster),
        index_(index),
        behaviour_(std::move(behaviour)),
        memory_(ChannelMemory::create(roster.shape()).value()),
        body_(kBodyBytesMax) {
    for (std::uint32_t lane = 0; lane < roster.shape().lanes(); ++lane) {
      lanes_.push_back({memory_->request_reader(lane), memory_->reply_writer(lane)});
    }
    for (std::uint32_t link = 0; link < roster.shape().links; ++link) {
      alarms_.emplace_back(memory_->alarm(link), roster.bell(link));
    }
  }

  void open() { roster_.open(index_, memory_); }
  void die() { roster_.close(index_); }

  // step returns how many requests it saw.
  std::size_t step() {
    std::size_t seen = 0;
    for (auto& [requests, replies] : lanes_) {
      RequestHeader header;
      while (requests.read(header, body_) == ReadResult::kMessage) {
        ++seen;
        const auto answer = behaviour_(header, ByteView(body_).first(header.body_bytes));
        if (answer) reply(replies, {.error = answer->error, .id = header.id}, answer->body);
      }
      requests.release();
      replies.publish();
    }
    for (AlarmRinger& alarm : alarms_) alarm.ring_if_armed();
    return seen;
  }

  const std::shared_ptr<ChannelMemory>& memory() const { return memory_; }

  static void reply(RingWriter& ring, const ReplyHeader& header, ByteView body) { ring.write(header, Parts(&body, 1)); }

 private:
  struct Lane {
    RingReader requests;
    RingWriter replies;
  };
  Roster& roster_;
  const unsigned index_;
  Behaviour behaviour_;
  std::shared_ptr<ChannelMemory> memory_;
  std::vector<Lane> lanes_;
  std::vector<AlarmRinger> alarms_;
  Bytes body_;
};

}  // namespace hsm::partition
