#include "launcher/credentials.h"

#include <unistd.h>

#include "base/json_text.h"

#include "launcher/console.h"

namespace launcher {

void show_credentials(const Credentials& credentials) {
  const bool terminal = console::is_terminal(STDOUT_FILENO) || console::is_terminal(STDERR_FILENO);
  const bool plain_http = credentials.http_ca_path.empty();
  if (!credentials.written_to.empty() || !terminal) {
    console::note(plain_http
                      ? "security is configured; HTTP has no TLS"
                      : "security is configured; CA certificate: " + credentials.http_ca_path);
    if (!credentials.written_to.empty())
      console::note("the password of the user elastic is in " + credentials.written_to);
    return;
  }
  base::Secret text = base::Secret::copy_of("\nSecurity is configured for this node.\n\n");
  if (!credentials.elastic_password.empty()) {
    text.append("  user             elastic\n  password         ");
    text.append(credentials.elastic_password.bytes());
    text.append("\n");
  }
  if (!plain_http) {
    text.append("  CA certificate   " + credentials.http_ca_path + "\n");
    text.append("  CA fingerprint   " + credentials.http_ca_sha256_hex + "\n");
  }
  text.append("\n  try it           curl " +
              (plain_http ? "-u elastic http"
                          : "--cacert '" + credentials.http_ca_path + "' -u elastic https") +
              "://localhost:" + credentials.http_port + "/_security/_authenticate\n\n");
  console::write_text(console::is_terminal(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO,
                      text.expose());
}

base::Secret credentials_json(const std::string& user, const base::Secret& password,
                              const std::string& http_ca_path,
                              const std::string& http_ca_sha256_hex) {
  // The password is of an alphabet that JSON needs no escapes for; a path is not.
  base::Secret json =
      base::Secret::copy_of(R"({"user":)" + base::json_quoted(user) + R"(,"password":")");
  json.append(password.bytes());
  json.append("\",\"ca_file\":" + base::json_quoted(http_ca_path) + ",\"ca_sha256\":\"" +
              http_ca_sha256_hex + "\"}\n");
  return json;
}

}  // namespace launcher
