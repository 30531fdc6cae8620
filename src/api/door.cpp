#include "api/door.h"

#include <algorithm>
#include <exception>

#include "api/error_table.h"
#include "api/fast_lane.h"
#include "api/health_status.h"
#include "api/page.h"
#include "api/response_head.h"
#include "api/router.h"
#include "base/log.h"
#include "base/text.h"
#include "core/api_version.h"

namespace hsm::api {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kAuthenticationName = "Authentication";  // reference/audit-metrics-limits.md §1.1
constexpr std::string_view kUnknownName = "Unknown";                // §1.4, unconfirmed
constexpr std::size_t kFrontsMax = 64;                              // spellings and ports are the client's choice

// The one catch of the front end: a bug in a handler costs its request, not the server.
template <class Function>
auto guarded(Function function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& bug) {
    return fail(Errc::kInternal, {}, bug.what());
  }
}

std::string_view bearer_token(const http::Request& request) {
  const std::string_view header = request.header("authorization");
  return equal_ignoring_case(header.substr(0, kBearer.size()), kBearer) ? header.substr(kBearer.size())
                                                                        : std::string_view();
}

// A client that polls uses the URL we gave it; older services gave it without api-version.
bool version_optional(core::Operation operation) {
  return operation == core::Operation::kGetSecurityDomainDownloadStatus ||
         operation == core::Operation::kGetSecurityDomainUploadStatus;
}

// A failure of ours is told to the log in full, and to the client not at all.
void report(const Call& call, const Error& error) {
  if (row(error.code).status < 500) return;
  const core::AuditEvent& event = call.operation.event;
  log::error("{} {}: {} {} {}", event.operation_name, event.correlation_id, name(error.code), error.message,
             error.detail);
}

}  // namespace

struct Door::SiteState {
  SiteState(const Site& of, unsigned loop, FastLane::Receiver receiver)
      : site(of), lane(*of.links.at(loop), std::move(receiver)), tokens(*of.verifier) {}

  const Site& site;
  FastLane lane;
  identity::TokenCache tokens;
  std::vector<core::AuditEvent> events;
};

Door::Door(const Sites& sites, Pools& pools, const Clock& clock, Random& random, http::Loop& loop)
    : sites_(sites), pools_(pools), clock_(clock), loop_(loop), ids_(random) {
  for (const auto& [host, site] : sites.all()) {
    if (states_.contains(site.hsm)) continue;
    FastLane::Receiver receiver{
        .replied = [this](const CallPointer& call, Result<core::CryptoResult> result) { replied(call, result); },
        .batch_done = [this](const CallPointer& call) { finish_batch(call); }};
    states_.emplace(site.hsm, std::make_unique<SiteState>(site, loop.index(), std::move(receiver)));
  }
}

Door::~Door() = default;

Door::SiteState& Door::state_of(const Call& call) {
  return *states_.at(call.hsm);
}

std::vector<http::Application::Watch> Door::watches() {
  std::vector<Watch> watches;
  for (auto& [hsm, state] : states_) {
    watches.push_back({state->lane.event_fd(), [&lane = state->lane] { lane.drain(); }});
  }
  return watches;
}

void Door::on_request(http::Exchange exchange) {
  const std::string_view host = exchange.request().header("host");
  if (auto front = find_front(host)) {
    auto call = std::make_shared<Call>(std::move(exchange), std::move(front));
    begin(*call);
    if (asks_for_health(call->request())) return tell_health(*call);
    admit(call);
  } else if (login::LoginApi* api = sites_.find_login(host)) {
    login(std::move(exchange), *api);
  } else {
    const Error error{Errc::kNotFound, "No HSM has this host name.", {}};
    exchange.answer({.status = 404,
                     .head = "Content-Type: application/json; charset=utf-8\r\n",
                     .body = error_body(error, ids_.next(clock_.now()))});
  }
}

void Door::tell_health(Call& call) {
  const auto elapsed = std::chrono::steady_clock::now() - call.request().received;
  std::string head = response_head(call, 200, std::chrono::duration_cast<std::chrono::milliseconds>(elapsed), {});
  call.exchange.answer({.status = 200, .head = std::move(head), .body = health_status(*call.hsm)});
}

std::shared_ptr<const Front> Door::find_front(std::string_view host) {
  if (const auto known = fronts_.find(host); known != fronts_.end()) return known->second;
  const Site* site = sites_.find(host);
  if (site == nullptr) return nullptr;
  if (fronts_.size() == kFrontsMax) fronts_.clear();
  return fronts_.emplace(host, std::make_shared<const Front>(front_of(*site, host))).first->second;
}

void Door::login(http::Exchange exchange, login::LoginApi& api) {
  auto held = std::make_shared<http::Exchange>(std::move(exchange));
  std::move_only_function<void()> work = [this, held, &api] {
    http::Response response;
    try {
      response = api.handle(held->request(), held->request().header("host"));
    } catch (const std::exception& bug) {
      log::error("token service: {}", bug.what());
    }
    loop_.post([held, response = std::move(response)]() mutable { held->answer(std::move(response)); });
  };
  if (!pools_.slow.submit(work)) held->answer({.status = 429, .head = "Retry-After: 1\r\n", .body = {}});
}

void Door::begin(Call& call) {
  const http::Request& request = call.request();
  call.operation.now = clock_.now();
  core::AuditEvent& event = call.operation.event;
  event.time = call.operation.now;
  event.operation_name = kAuthenticationName;
  event.caller_address = request.peer_address;
  event.client_info = request.header("user-agent");
  event.client_request_id = request.header("x-ms-client-request-id");
  event.correlation_id = ids_.next(call.operation.now);
  event.request_uri.reserve(call.base_url.size() + request.path.size());
  event.request_uri.append(call.base_url).append(request.path);
  event.tls_version = request.tls_version;
}

void Door::admit(const CallPointer& call) {
  if (!call->caller) {
    auto caller = state_of(*call).tokens.verify(bearer_token(call->request()), call->operation.now);
    if (!caller && caller.error().code == Errc::kUnavailable) return verify_slowly(call);
    if (!caller) return finish(call, std::unexpected(std::move(caller).error()));
    call->caller = std::move(*caller);
  }
  const auto handler = guarded([this, &call] { return admitted(*call); });
  if (!handler) return finish(call, std::unexpected(handler.error()));
  switch (call->row->lane) {
    case core::Lane::kFast:
      return prepare(call);
    case core::Lane::kSlow:
      return run_slow(call, pools_.slow);
    case core::Lane::kLong:
      return run_slow(call, pools_.generation);
  }
}

// The token's issuer must be asked for its keys first.
void Door::verify_slowly(const CallPointer& call) {
  const identity::TokenVerifier& verifier = *state_of(*call).site.verifier;
  on_pool(pools_.slow, call, [this, call, &verifier] {
    auto caller = guarded([&] { return verifier.verify_blocking(bearer_token(call->request()), call->operation.now); });
    loop_.post([this, call, caller = std::move(caller)]() mutable {
      if (!caller) return finish(call, std::unexpected(std::move(caller).error()));
      call->caller = std::move(*caller);
      admit(call);
    });
  });
}

// Steps 3 to 6.
Result<Handler> Door::admitted(Call& call) {
  core::AuditEvent& event = call.operation.event;
  const http::Request& request = call.request();
  event.caller = call.caller;
  event.operation_name = kUnknownName;
  HSM_TRY(Route found, route(request.method, request.path));
  call.row = found.row;
  call.target = std::move(found.target);
  event.operation_name = call.row->audit_name;
  const auto version = query_member(request.query, "api-version");
  if (version) event.operation_version = *version;
  if (!version && !version_optional(call.row->operation))
    return fail(Errc::kBadParameter, "api-version must be specified");  // unconfirmed
  if (version && !core::known_api_version(*version))
    return fail(Errc::kBadParameter, "api-version is not supported: " + *version);

  if (call.row->activation == core::Activation::kRequired && !call.hsm->domain.active())
    return fail(Errc::kNotActivated);

  core::Decision decision = decide(call);
  event.data_action = core::name(decision.action);
  event.scope = decision.scope.text();
  event.assignment_id = std::move(decision.assignment);
  if (!decision.allowed) return fail(Errc::kAccessDenied, decision.refusal());
  return handler(call.row->operation);
}

core::Decision Door::decide(const Call& call) const {
  const auto decision_on = [&call](core::DataAction action) {
    return call.hsm->roles.decide(*call.caller, action, call.target.scope);
  };
  if (call.row->authorised == core::Authorised::kByPart) {
    for (const core::OperationRow& row : core::kOperations) {
      if (!core::key_operation_of(row.operation)) continue;
      if (core::Decision decision = decision_on(row.data_action); decision.allowed) return decision;
    }
  }
  return decision_on(call.row->data_action);
}

void Door::prepare(const CallPointer& call) {
  auto prepared = guarded([&] { return handler(call->row->operation).prepare(*call); });
  if (!prepared) return finish(call, std::unexpected(std::move(prepared).error()));
  if (auto* reply = std::get_if<Reply>(&*prepared)) return finish(call, std::move(*reply));
  if (std::holds_alternative<LoadKey>(*prepared)) return load_then_prepare(call);
  FastLane& lane = state_of(*call).lane;
  if (std::holds_alternative<PerformBatch>(*prepared)) return lane.perform_batch(call);
  if (const auto* random = std::get_if<RandomBytes>(&*prepared)) return lane.random(call, random->count);
  lane.perform(call);
}

// The key is not in memory: one trip through the slow lane brings it there.
void Door::load_then_prepare(const CallPointer& call) {
  on_pool(pools_.slow, call, [this, call] {
    auto key = guarded([&] { return call->hsm->keys.get(*call->target.key, call->target.version); });
    loop_.post([this, call, key = std::move(key)]() mutable {
      if (!key) return finish(call, std::unexpected(std::move(key).error()));
      prepare(call);
    });
  });
}

void Door::replied(const CallPointer& call, const Result<core::CryptoResult>& result) {
  if (!result) return finish(call, std::unexpected(result.error()));
  finish(call, guarded([&]() -> Result<Reply> { return handler(call->row->operation).finish(*call, *result); }));
}

void Door::finish_batch(const CallPointer& call) {
  const auto ours = std::ranges::find_if(call->batch->parts, [](const BatchPart& part) {
    return !part.result && row(part.result.error().code).status >= 500;
  });
  if (ours != call->batch->parts.end()) report(*call, ours->result.error());  // what fails with it fails alike
  auto reply = guarded([&]() -> Result<Reply> { return handler(call->row->operation).finish_batch(*call, ids_); });
  if (!reply) call->operation.event.parts.clear();
  finish(call, std::move(reply));
}

void Door::run_slow(const CallPointer& call, WorkerPool& pool) {
  name_key(*call);
  on_pool(pool, call, [this, call] {
    auto result = guarded([&] { return handler(call->row->operation).slow(*call); });
    loop_.post([this, call, result = std::move(result)]() mutable { finish(call, std::move(result)); });
  });
}

void Door::on_pool(WorkerPool& pool, const CallPointer& call, std::move_only_function<void()> work) {
  if (!pool.submit(work)) finish(call, fail(Errc::kThrottled));
}

// The key's id is that of the path, until a handler knows the version.
void Door::name_key(Call& call) {
  std::string& id = call.operation.event.key_id;
  if (call.target.key && id.empty()) id.append(call.base_url).append("/keys/").append(call.target.key->text());
}

// Makes the answer and leaves it to the end of the turn, when the turn's audit records are written together.
void Door::finish(const CallPointer& call, Result<Reply> result) {
  core::AuditEvent& event = call->operation.event;
  name_key(*call);
  http::Response response;
  std::string extra;
  if (result) {
    response.status = result->status;
    response.body = std::move(result->body);
    extra = std::move(result->head);
  } else {
    Error& error = result.error();
    if (error.code == Errc::kKeyNotFound && error.message.empty())
      error.message = "Key not found: " + event.request_uri;
    response.status = row(error.code).status;
    response.body = error_body(error, event.correlation_id);
    event.result_description = error.message.empty() ? row(error.code).message : error.message;
    if (error.code == Errc::kThrottled || error.code == Errc::kUnavailable) extra = "Retry-After: 1\r\n";
    if (error.code == Errc::kUnauthorized) challenge(*call, response), extra = std::exchange(response.head, {});
    report(*call, error);
  }
  const auto elapsed = std::chrono::steady_clock::now() - call->request().received;
  event.http_status = response.status;
  event.duration = std::chrono::duration_cast<std::chrono::microseconds>(elapsed);
  response.head =
      response_head(*call, response.status, std::chrono::duration_cast<std::chrono::milliseconds>(elapsed), extra);
  finished_.push_back({call, std::move(response)});
}

// A request without any token gets the bare challenge of the live service; one with a bad token learns what is wrong.
void Door::challenge(const Call& call, http::Response& response) {
  response.head = "WWW-Authenticate: " + call.front->challenge + "\r\n";
  if (call.request().header("authorization").empty())
    response.body = call.request().method == http::Method::kGet ? "OK" : "";
}

void Door::on_turn_end() {
  for (auto& [hsm, state] : states_) state->lane.publish();
  if (finished_.empty()) return;
  for (const Finished& done : finished_) {
    if (!done.call->operation.recorded) state_of(*done.call).events.push_back(std::move(done.call->operation.event));
  }
  for (auto& [hsm, state] : states_) {
    if (state->events.empty()) continue;
    const Status recorded = guarded([&]() -> Status { return hsm->audit.append(state->events); });
    state->events.clear();
    if (recorded) continue;
    log::error("the audit log takes no records: {}; refusing requests", recorded.error().message);
    for (Finished& done : finished_) {
      if (done.call->hsm != hsm || done.call->operation.recorded) continue;
      done.response = {
          .status = 503, .head = "Retry-After: 1\r\n", .body = error_body({Errc::kUnavailable, {}, {}}, {})};
    }
  }
  for (Finished& done : finished_) done.call->exchange.answer(std::move(done.response));
  finished_.clear();
}

}  // namespace hsm::api
