#include "api/handlers.h"
#include "api/keys/key_json.h"
#include "api/page.h"

namespace hsm::api::keys {
namespace {

template <class Item, class AppendItem>
Reply page_reply(const Call& call, const PageRequest& request, const service::Page<Item>& page,
                 AppendItem append_item) {
  std::string body;
  bool first = true;
  body += R"({"value":[)";
  for (const Item& item : page.items) {
    if (!first) body.push_back(',');
    first = false;
    append_item(body, item);
  }
  body.push_back(']');
  append_next_link(body, call, request, page.next);
  body.push_back('}');
  return Reply{.body = std::move(body)};
}

Reply key_page(const Call& call, const PageRequest& request, const service::Page<core::KeyRecord>& page, KidForm form) {
  return page_reply(call, request, page,
                    [form, rendering = rendering_for(call)](std::string& out, const core::KeyRecord& record) {
                      append_key_item(out, record, form, rendering);
                    });
}

}  // namespace

Result<Reply> list(Call& call) {
  HSM_TRY(const PageRequest request, page_request(call.request(), core::kKeysPrefix));
  HSM_TRY(const auto page, call.hsm->keys.list(request.after, request.limit));
  return key_page(call, request, page, KidForm::kWithoutVersion);
}

Result<Reply> list_versions(Call& call) {
  HSM_TRY(const PageRequest request, page_request(call.request(), core::version_prefix(*call.target.key)));
  HSM_TRY(const auto page, call.hsm->keys.list_versions(*call.target.key, request.after, request.limit));
  return key_page(call, request, page, KidForm::kWithVersion);
}

Result<Reply> list_deleted(Call& call) {
  HSM_TRY(const PageRequest request, page_request(call.request(), core::kDeletedKeysPrefix));
  HSM_TRY(const auto page, call.hsm->keys.list_deleted(request.after, request.limit));
  return page_reply(call, request, page,
                    [rendering = rendering_for(call)](std::string& out, const service::DeletedKey& key) {
                      append_deleted_key_item(out, key, rendering);
                    });
}

}  // namespace hsm::api::keys
