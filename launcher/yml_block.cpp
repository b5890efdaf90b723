#include "launcher/yml_block.h"

#include <algorithm>
#include <initializer_list>

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

std::string tls_settings(certgen::StoreFormat format) {
  return "\n"
         "# Clients speak HTTPS with this node\n"
         "xpack.security.http.ssl:\n"
         "  enabled: true\n" +
         file_settings("http", format) +
         "\n"
         "# Nodes speak TLS with each other and check each other's certificate\n"
         "xpack.security.transport.ssl:\n"
         "  enabled: true\n"
         "  verification_mode: certificate\n" +
         file_settings("transport", format);
}

}  // namespace

std::string with_security_block(const std::string& yml, const Settings& settings,
                                base::UnixSeconds now, certgen::StoreFormat format,
                                const JoinSettings* join) {
  std::string out =
      normalised(yml) + "\n" + kYmlBlockBegin +
      "\n#\n"
      "# Written on the first start of this node, together with the certificates in\n"
      "# certs/ and entries in elasticsearch.keystore, on " +
      base::format_utc(now, "%d-%m-%Y %H:%M:%S") +
      "\n#\n"
      "# --------------------------------------------------------------------------------\n"
      "\n"
      "# Users have to authenticate\n"
      "xpack.security.enabled: true\n";
  if (!settings.contains("xpack.security.enrollment.enabled"))
    out += "\nxpack.security.enrollment.enabled: true\n";
  out += tls_settings(format);
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

}  // namespace launcher
