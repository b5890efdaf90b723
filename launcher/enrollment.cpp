#include "launcher/enrollment.h"

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"
#include "launcher/enrollment_json.h"
#include "launcher/http_client.h"
#include "launcher/network_addresses.h"

namespace launcher {
namespace {

constexpr const char* kTarget = "/_security/enroll/node";
constexpr const char* kNewToken =
    "make a new one on a node of the cluster: bin/elasticsearch-create-enrollment-token -s node";
constexpr int kUnauthorized = 401;
constexpr int kOk = 200;

base::Error unavailable(const std::string& answers, const char* hint) {
  return {base::ErrorKind::kUnavailable, "the cluster cannot be joined: " + answers, hint, 0};
}

bool is_hex_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

HostPort split_address(std::string_view address) {
  if (address.starts_with('[')) {
    const std::size_t close = address.find(']');
    if (close == std::string_view::npos) return {std::string(address), ""};
    const std::string_view rest = address.substr(close + 1);
    return {std::string(address.substr(1, close - 1)),
            std::string(rest.starts_with(':') ? rest.substr(1) : "")};
  }
  const std::size_t colon = address.rfind(':');
  if (colon == std::string_view::npos) return {std::string(address), ""};
  return {std::string(address.substr(0, colon)), std::string(address.substr(colon + 1))};
}

base::Result<EnrollmentToken> parse_enrollment_token(const base::Secret& token) {
  const base::Error invalid{base::ErrorKind::kData, "the enrollment token is not valid", kNewToken,
                            0};
  const auto json = base::from_base64(token.expose());
  if (!json) return invalid;
  auto parsed = read_token_json(*json);
  if (!parsed || parsed->addresses.empty() || !is_hex_sha256(parsed->ca_sha256_hex) ||
      parsed->api_key.expose().find(':') == std::string_view::npos)
    return invalid;
  for (const std::string& address : parsed->addresses) {
    const HostPort parts = split_address(address);
    if (parts.host.empty() || parts.port.empty() ||
        parts.port.find_first_not_of("0123456789") != std::string::npos)
      return invalid;
  }
  return std::move(*parsed);
}

base::Result<EnrollmentReply> parse_enrollment_reply(const base::Secret& body,
                                                     const std::string& url) {
  auto parsed = read_reply_json(body);
  if (!parsed)
    return base::Error{base::ErrorKind::kData, url + " answered something that is no JSON object",
                       kNewToken, 0};
  if (parsed->missing.empty()) return std::move(parsed->reply);
  std::string list;
  for (const std::string& field : parsed->missing) list += (list.empty() ? "" : ", ") + field;
  return base::Error{base::ErrorKind::kData,
                     url + " answered without, or with a malformed: " + list,
                     "check that it is a node of this cluster, and its version", 0};
}

base::Result<EnrollmentReply> enroll(const EnrollmentToken& token) {
  std::string answers;
  for (const std::string& address : token.addresses) {
    const HostPort parts = split_address(address);
    HttpRequest request;
    request.host = parts.host;
    request.port = parts.port;
    request.target = kTarget;
    request.authorization = base::Secret::copy_of("ApiKey ");
    request.authorization.append(base::to_base64(token.api_key.bytes()).bytes());
    request.ca_sha256_hex = token.ca_sha256_hex;
    const std::string url = "https://" + address + kTarget;
    const auto reply = http_exchange(request);
    if (!reply) {
      answers += (answers.empty() ? "" : "; ") + address + ": " + reply.error().message;
      continue;
    }
    if (reply.value().status == kOk) return parse_enrollment_reply(reply.value().body, url);
    answers += (answers.empty() ? "" : "; ") + address + " answered " +
               std::to_string(reply.value().status);
    if (reply.value().status == kUnauthorized)
      answers += " (the token has expired, or is of another cluster)";
    return unavailable(answers, kNewToken);
  }
  return unavailable(answers, "check that one of these addresses can be reached from here");
}

bool any_remote(const std::vector<std::string>& node_addresses,
                const std::vector<std::string>& own_addresses) {
  for (const std::string& address : node_addresses)
    for (const std::string& ip : resolve_host(split_address(address).host)) {
      const bool loopback = ip.starts_with("127.") || ip == "::1";
      const bool own =
          std::find(own_addresses.begin(), own_addresses.end(), ip) != own_addresses.end();
      if (!loopback && !own) return true;
    }
  return false;
}

}  // namespace launcher
