#include "launcher/yml_block.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "base/text.h"

namespace launcher {
namespace {

bool any_set(const Settings& settings, std::initializer_list<const char*> keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const char* key) { return settings.contains(key); });
}

/// A YAML double-quoted scalar (YAML 1.2 section 7.3.1).
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + quoted(text);
  return out;
}

std::string normalised(const std::string& yml) {
  std::string out;
  out.reserve(yml.size() + 1);
  for (std::size_t at = 0; at < yml.size(); ++at)
    if (yml[at] != '\r' || (at + 1 < yml.size() && yml[at + 1] != '\n')) out += yml[at];
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  return out;
}

/// The settings of one layer that name its files, indented for its block.
std::string file_settings(const std::string& layer, certgen::StoreFormat format) {
  if (format == certgen::StoreFormat::kPem)
    return "  key: certs/" + layer + ".key\n  certificate: certs/" + layer +
           ".crt\n  certificate_authorities: [\"certs/" + layer + "_ca.crt\"]\n";
  const std::string keystore = "  keystore.path: certs/" + layer + ".p12\n";
  // Clients of HTTP show no certificate that would have to be trusted.
  return layer == "http" ? keystore : keystore + "  truststore.path: certs/" + layer + ".p12\n";
}

std::string http_tls_settings(certgen::StoreFormat format) {
  return "\n"
         "# Clients speak HTTPS with this node\n"
         "xpack.security.http.ssl:\n"
         "  enabled: true\n" +
         file_settings("http", format);
}

std::string transport_tls_settings(certgen::StoreFormat format) {
  return "\n"
         "# Nodes speak TLS with each other and check each other's certificate\n"
         "xpack.security.transport.ssl:\n"
         "  enabled: true\n"
         "  verification_mode: certificate\n" +
         file_settings("transport", format);
}

/// The head of a block, up to the switch itself. `occasion` is "on ..." or "for ...".
std::string block_head(const std::string& occasion, base::UnixSeconds now) {
  return std::string(kYmlBlockBegin) + "\n#\n# Written " + occasion +
         ", together with the certificates in\n"
         "# certs/ and entries in elasticsearch.keystore, on " +
         base::format_utc(now, "%d-%m-%Y %H:%M:%S") +
         "\n#\n"
         "# --------------------------------------------------------------------------------\n"
         "\n"
         "# Users have to authenticate\n"
         "xpack.security.enabled: true\n";
}

/// The switches that an unsecured node has off.
constexpr std::array<std::string_view, 5> kSwitches{
    "xpack.security.enabled", "xpack.security.autoconfiguration.enabled",
    "xpack.security.enrollment.enabled", "xpack.security.http.ssl.enabled",
    "xpack.security.transport.ssl.enabled"};

bool switches_off(std::string_view line) {
  for (const std::string_view name : kSwitches) {
    if (!line.starts_with(name)) continue;
    std::string_view rest = base::trim(line.substr(name.size()));
    if (!rest.starts_with(':')) continue;
    rest = base::trim(rest.substr(1, rest.find('#') - 1));
    return rest == "false" || rest == "\"false\"" || rest == "'false'";
  }
  return false;
}

/// What the block of stock or ours can hold.
constexpr std::array<std::string_view, 18> kBlockSettings{
    "xpack.security.enabled",
    "xpack.security.enrollment.enabled",
    "xpack.security.http.ssl.enabled",
    "xpack.security.http.ssl.keystore.path",
    "xpack.security.http.ssl.key",
    "xpack.security.http.ssl.certificate",
    "xpack.security.http.ssl.certificate_authorities",
    "xpack.security.transport.ssl.enabled",
    "xpack.security.transport.ssl.verification_mode",
    "xpack.security.transport.ssl.keystore.path",
    "xpack.security.transport.ssl.truststore.path",
    "xpack.security.transport.ssl.key",
    "xpack.security.transport.ssl.certificate",
    "xpack.security.transport.ssl.certificate_authorities",
    "cluster.initial_master_nodes",
    "discovery.seed_hosts",
    "http.host",
    "transport.host"};

std::string as_yaml(const SettingValue& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return quoted(*text);
  return "[" + quoted_list(std::get<std::vector<std::string>>(value)) + "]";
}

/// Where the block begins and ends, whole lines and the empty line before it.
struct BlockRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
std::optional<BlockRange> find_block(const std::string& yml) {
  BlockRange range;
  range.begin = yml.find(kYmlBlockBegin);
  const std::size_t end =
      range.begin == std::string::npos ? range.begin : yml.find(kYmlBlockEnd, range.begin);
  if (end == std::string::npos) return std::nullopt;
  const std::size_t line_end = yml.find('\n', end);
  range.end = line_end == std::string::npos ? yml.size() : line_end + 1;
  if (range.begin > 1 && yml.compare(range.begin - 2, 2, "\n\n") == 0) --range.begin;
  return range;
}

}  // namespace

base::Result<std::optional<YmlWithoutBlock>> without_security_block(const std::string& yml,
                                                                    const std::string& source) {
  std::string text = normalised(yml);
  const auto range = find_block(text);
  if (!range) return std::optional<YmlWithoutBlock>();
  BASE_TRY(const Settings block,
           parse_yaml_settings(text.substr(range->begin, range->end - range->begin), source));
  YmlWithoutBlock left;
  left.yml = text.erase(range->begin, range->end - range->begin);
  for (const auto& [key, value] : block) {
    if (std::find(kBlockSettings.begin(), kBlockSettings.end(), key) != kBlockSettings.end())
      continue;
    left.kept.push_back(key);
    left.yml += key + ": " + as_yaml(value) + "\n";
  }
  return std::optional(std::move(left));
}

std::string with_security_block(const std::string& yml, const Settings& settings,
                                base::UnixSeconds now, certgen::StoreFormat format,
                                const JoinSettings* join) {
  std::string out = normalised(yml) + "\n" + block_head("on the first start of this node", now);
  if (!settings.contains("xpack.security.enrollment.enabled"))
    out += "\nxpack.security.enrollment.enabled: true\n";
  out += http_tls_settings(format) + transport_tls_settings(format);
  const bool single = text_setting(settings, "discovery.type") == "single-node";
  if (join != nullptr)
    out += "# Where the nodes of the cluster are\ndiscovery.seed_hosts: [" +
           quoted_list(join->seed_hosts) + "]\n\n";
  else if (!single && list_setting(settings, "cluster.initial_master_nodes").empty())
    out +=
        "# This node forms a new cluster; others can join it later\n"
        "cluster.initial_master_nodes: [" +
        quoted(text_setting(settings, "node.name").value_or("")) + "]\n\n";
  if (!any_set(settings, {"http.host", "http.bind_host", "http.publish_host", "network.host",
                          "network.bind_host", "network.publish_host"}))
    out +=
        "# Clients may connect from anywhere; they authenticate over HTTPS\n"
        "http.host: 0.0.0.0\n\n";
  if (!any_set(settings, {"transport.host", "transport.bind_host", "transport.publish_host",
                          "network.host", "network.bind_host", "network.publish_host"}))
    out += join != nullptr && join->transport_everywhere
               ? "# Nodes on other hosts may connect; they authenticate over TLS\n"
                 "transport.host: 0.0.0.0\n\n"
               : "# Uncomment to let nodes on other hosts join\n"
                 "#transport.host: 0.0.0.0\n\n";
  return out + kYmlBlockEnd + "\n";
}

std::string with_existing_block(const std::string& yml, const Settings& settings,
                                base::UnixSeconds now, certgen::StoreFormat format,
                                TlsScope scope) {
  std::string out = normalised(yml) + "\n" + block_head("to secure this node", now);
  if (scope == TlsScope::kHttpAndTransport) {
    if (!settings.contains("xpack.security.enrollment.enabled"))
      out += "\nxpack.security.enrollment.enabled: true\n";
    out += http_tls_settings(format);
  }
  if (scope != TlsScope::kNone) out += transport_tls_settings(format);
  return out + "\n" + kYmlBlockEnd + "\n";
}

std::string without_switching_off(const std::string& yml) {
  std::string out;
  std::string_view rest = yml;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
    if (switches_off(line)) out += "# ";
    out += line;
    rest.remove_prefix(line.size());
  }
  return out;
}

}  // namespace launcher
