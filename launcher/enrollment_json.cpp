#include "launcher/enrollment_json.h"

#include <boost/json.hpp>
#include <new>

#include "base/base64.h"

namespace launcher {
namespace {

namespace json = boost::json;

/// Zeroes what the parsed document used: it holds keys.
class WipingResource final : public json::memory_resource {
  void* do_allocate(std::size_t size, std::size_t) override { return ::operator new(size); }
  void do_deallocate(void* address, std::size_t size, std::size_t) override {
    base::wipe_memory(address, size);
    ::operator delete(address);
  }
  bool do_is_equal(const json::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

std::optional<json::object> parse_object(const base::Secret& text, json::memory_resource* memory) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 8;
  json::value value = json::parse(text.expose(), error, memory, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::optional<std::vector<std::string>> texts(const json::value& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const json::value& item : value.as_array()) {
    if (!item.is_string()) return std::nullopt;
    list.emplace_back(item.as_string());
  }
  return list;
}

/// A base64 field of the reply, not empty.
std::optional<base::Secret> decoded(const json::object& object, const char* field) {
  const json::value* const value = object.if_contains(field);
  if (value == nullptr || !value->is_string() || value->as_string().empty()) return std::nullopt;
  return base::from_base64(std::string_view(value->as_string()));
}

std::vector<std::uint8_t> plain(const base::Secret& bytes) {
  return {bytes.bytes().begin(), bytes.bytes().end()};
}

}  // namespace

std::optional<EnrollmentToken> read_token_json(const base::Secret& text) {
  WipingResource memory;
  const auto object = parse_object(text, &memory);
  if (!object || object->size() != 4) return std::nullopt;
  const json::value* const version = object->if_contains("ver");
  const json::value* const addresses = object->if_contains("adr");
  const json::value* const fingerprint = object->if_contains("fgr");
  const json::value* const key = object->if_contains("key");
  if (version == nullptr || addresses == nullptr || fingerprint == nullptr || key == nullptr ||
      !version->is_string() || !fingerprint->is_string() || !key->is_string())
    return std::nullopt;
  auto list = texts(*addresses);
  if (!list) return std::nullopt;
  EnrollmentToken token;
  token.addresses = std::move(*list);
  token.ca_sha256_hex = std::string(fingerprint->as_string());
  token.api_key = base::Secret::copy_of(std::string_view(key->as_string()));
  return token;
}

std::optional<ParsedReply> read_reply_json(const base::Secret& text) {
  WipingResource memory;
  const auto object = parse_object(text, &memory);
  if (!object) return std::nullopt;
  ParsedReply parsed;
  certgen::EnrolledCredentials& to = parsed.reply.credentials;
  const auto take = [&](const char* field, auto&& store) {
    if (const auto value = decoded(*object, field))
      store(*value);
    else
      parsed.missing.emplace_back(field);
  };
  // In the order in which stock names what is missing.
  take("http_ca_key", [&](const base::Secret& value) { to.http_ca_key = value.clone(); });
  take("http_ca_cert", [&](const base::Secret& value) { to.http_ca_cert = plain(value); });
  take("transport_key", [&](const base::Secret& value) { to.transport_key = value.clone(); });
  take("transport_ca_cert",
       [&](const base::Secret& value) { to.transport_ca_cert = plain(value); });
  take("transport_cert", [&](const base::Secret& value) { to.transport_cert = plain(value); });
  const json::value* const addresses = object->if_contains("nodes_addresses");
  auto list = addresses == nullptr ? std::nullopt : texts(*addresses);
  if (list && !list->empty())
    parsed.reply.node_addresses = std::move(*list);
  else
    parsed.missing.emplace_back("nodes_addresses");
  return parsed;
}

}  // namespace launcher
