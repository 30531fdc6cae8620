#include "api/login/form.h"

#include <algorithm>
#include <optional>
#include <string>

namespace hsm::api::login {
namespace {

using identity::Refusal;
using identity::refuse;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Decoder writes decoded texts one after the other into a buffer at least as large as all encoded ones.
class Decoder {
 public:
  explicit Decoder(std::span<std::uint8_t> out) : out_(out) {}

  // next decodes one text; nothing if an escape is broken.
  std::optional<std::string_view> next(std::string_view encoded) {
    const std::size_t start = used_;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
      char c = encoded[i];
      if (c == '+') c = ' ';
      if (c == '%') {
        if (encoded.size() - i < 3) return std::nullopt;
        const int high = hex_value(encoded[i + 1]);
        const int low = hex_value(encoded[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        c = static_cast<char>(high * 16 + low);
        i += 2;
      }
      out_[used_++] = static_cast<std::uint8_t>(c);
    }
    return text_of(out_.subspan(start, used_ - start));
  }

 private:
  std::span<std::uint8_t> out_;
  std::size_t used_ = 0;
};

}  // namespace

identity::TokenResult<Form> Form::parse(ByteView encoded) {
  if (encoded.size() > kFormBytesMax) return refuse(Refusal::kMalformedRequest, "The request is too large.");
  Form form;
  form.decoded_ = SecretBytes(encoded.size());
  Decoder decoder(form.decoded_.writable());
  std::string_view rest = text_of(encoded);
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    const auto name = decoder.next(field.substr(0, equals));
    const auto value = decoder.next(field.substr(std::min(equals + 1, field.size())));
    if (!name || !value) return refuse(Refusal::kMalformedRequest, "The request is not properly URL-encoded.");
    if (form.fields_.size() == kFormFieldsMax) {
      return refuse(Refusal::kMalformedRequest, "The request has too many parameters.");
    }
    if (form.find(*name) != nullptr) {
      return refuse(Refusal::kDuplicateParameter,
                    "The request is not properly formatted. The parameter '" + std::string(*name) + "' is duplicated.");
    }
    form.fields_.push_back({*name, *value});
  }
  return form;
}

const Form::Field* Form::find(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &Field::name);
  return found == fields_.end() ? nullptr : &*found;
}

std::string_view Form::get(std::string_view name) const {
  const Field* const field = find(name);
  return field == nullptr ? std::string_view{} : field->value;
}

}  // namespace hsm::api::login
