#include "launcher/kibana_password.h"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "base/base64.h"
#include "base/change_set.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/text.h"
#include "certgen/certificate_facts.h"
#include "certgen/http_store.h"
#include "launcher/certs_site.h"
#include "launcher/configuration_lock.h"
#include "launcher/console.h"
#include "launcher/credentials.h"
#include "launcher/http_client.h"
#include "launcher/network_addresses.h"
#include "launcher/password_hash.h"

namespace launcher {
namespace {

constexpr const char* kUser = "kibana_system";
constexpr const char* kTarget = "/_security/user/kibana_system/_password";
constexpr mode_t kPrivate = 0600;
constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kNotYet = 503;
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPause{500};

/// One port, or the first of a range.
std::string port_of(const Settings& settings) {
  const std::string port = text_setting(settings, "http.port").value_or("9200");
  return port.substr(0, port.find('-'));
}

base::Result<std::string> ca_fingerprint(const NodeState& node) {
  if (text_setting(node.settings.settings, "xpack.security.http.ssl.enabled") != "true")
    return std::string();
  BASE_TRY(const auto store, find_store("http", node.site.config_directory, node.settings.settings,
                                        node.keystore.entries));
  if (!store)
    return base::Error{base::ErrorKind::kConfig,
                       "the CA of this node is not in a PKCS#12 store, so it cannot be known here",
                       "use curl --cacert, POST " + std::string(kTarget), 0};
  BASE_TRY(auto entries, open_store(*store));
  BASE_TRY(const certgen::HttpStore found, certgen::find_http_identities(std::move(entries)));
  return certgen::facts_of(found.ca.certificate).sha256_hex;
}

base::Result<base::Secret> elastic_password(const NodeState& node) {
  if (!node.supplied_password.empty()) return node.supplied_password.clone();
  const std::string path = node.site.config_directory + "/" + kPasswordFileName;
  if (!base::path_exists(path)) return console::read_secret("Password of elastic: ");
  BASE_TRY(base::Secret password, base::read_secret_file(path, 4096));
  while (password.expose().ends_with('\n')) password.truncate(password.size() - 1);
  return password;
}

base::Secret basic_authorization(const base::Secret& password) {
  base::Secret pair = base::Secret::copy_of("elastic:");
  pair.append(password.bytes());
  base::Secret header = base::Secret::copy_of("Basic ");
  header.append(base::to_base64(pair.bytes()).bytes());
  return header;
}

/// Repeats the request until the node is there.
base::Result<HttpReply> ask(const HttpRequest& request) {
  const auto give_up = base::monotonic_now() + kPatience;
  while (true) {
    auto reply = http_exchange(request);
    const bool again = !reply.ok() || reply.value().status == kNotYet;
    if (!again || base::monotonic_now() > give_up) return reply;
    base::pause(kPause);
  }
}

base::Result<void> change_password(const NodeState& node, const base::Secret& elastic,
                                   const base::Secret& password) {
  HttpRequest request;
  request.host = own_http_host(node.settings.settings, interfaces_with_addresses());
  if (request.host.empty()) request.host = "localhost";
  request.port = port_of(node.settings.settings);
  request.target = kTarget;
  BASE_TRY(request.ca_sha256_hex, ca_fingerprint(node));
  request.authorization = basic_authorization(elastic);
  request.body = base::Secret::copy_of(R"({"password":")");
  request.body.append(password.bytes());
  request.body.append("\"}");
  const std::string node_text = request.host + ":" + request.port;
  const auto reply = ask(request);
  if (!reply)
    return base::Error{base::ErrorKind::kUnavailable,
                       "the node does not answer on " + node_text + ": " + reply.error().message,
                       "start it first", 0};
  const int status = reply.value().status;
  if (status == kOk) return {};
  if (status == kUnauthorized)
    return base::Error{base::ErrorKind::kNoPermission,
                       node_text + " does not take this password of elastic",
                       "its data has another one; bin/elasticsearch-reset-password -u elastic", 0};
  return base::Error{base::ErrorKind::kUnavailable,
                     node_text + " answered " + std::to_string(status), "look into its log", 0};
}

/// Where the new password is kept: the file that was named, or one of our own; empty where a
/// terminal shows it.
std::string place_of(const NodeState& node, const std::string& named) {
  if (!named.empty()) return named;
  if (console::is_terminal(STDOUT_FILENO)) return "";
  return node.site.config_directory + "/" + kKibanaPasswordFileName;
}

base::Result<void> write_password(const NodeState& node, const std::string& path, bool as_json,
                                  const base::Secret& password) {
  base::ChangeSet changes;
  changes.directory = node.site.config_directory;
  base::Secret text = as_json ? credentials_json(kUser, password, "", "") : password.clone();
  if (!as_json) text.append("\n");
  changes.outside_files.push_back({path, std::move(text), kPrivate, true});
  return commit_change(changes);
}

}  // namespace

base::Result<int> set_kibana_password(const Request& request) {
  BASE_TRY(NodeSite site, find_site(request.invoked_as, request.environment));
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(site.config_directory));
  BASE_CHECK(base::recover(site.config_directory));
  BASE_TRY(const NodeState node, observe_node(std::move(site), request));
  BASE_TRY(const base::Secret elastic, elastic_password(node));
  BASE_TRY(const base::Secret password, make_elastic_password());
  const std::string& named = request.options.credentials_file;
  const std::string path = place_of(node, named);
  // Before the node knows it: a password that nobody could write down would be lost.
  if (!path.empty()) BASE_CHECK(write_password(node, path, !named.empty(), password));
  if (auto changed = change_password(node, elastic, password); !changed) {
    if (!path.empty()) unlink(path.c_str());
    return std::move(changed).error();
  }
  if (path.empty()) {
    base::Secret line =
        base::Secret::copy_of("  user             kibana_system\n  password         ");
    line.append(password.bytes());
    line.append("\n");
    console::write_text(STDOUT_FILENO, line.expose());
  } else {
    console::note("the password of the user kibana_system is in " + path);
  }
  return 0;
}

}  // namespace launcher
