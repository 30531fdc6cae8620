#pragma once
#include <memory>

#include "app/strongroomd/config.h"
#include "base/result.h"

namespace hsm::app {

// Server is strongroomd put together: instances, identity, the door, the listeners.
class Server {
 public:
  // start returns once requests are answered.
  static Result<std::unique_ptr<Server>> start(const Config& config);
  virtual ~Server() = default;
  virtual void stop() = 0;
};

}  // namespace hsm::app
