#include "launcher/credentials.h"

#include <unistd.h>

#include "base/json_text.h"
#include "base/text.h"

#include "launcher/console.h"

namespace launcher {

namespace {

constexpr int kWide = 80;
constexpr std::size_t kValueColumn = 17;

/// Names and values one below the other; on a narrow terminal each value has a line of its own.
class CredentialsBlock {
 public:
  explicit CredentialsBlock(bool narrow) : narrow_(narrow) {
    text_.append("\nSecurity is configured for this node.\n\n");
  }
  void row(std::string name, std::string_view value) {
    if (!narrow_) name.resize(kValueColumn, ' ');
    text_.append("  " + name + (narrow_ ? "\n    " : ""));
    text_.append(value);
    gap();
  }
  void gap() { text_.append("\n"); }
  [[nodiscard]] std::string_view text() const { return text_.expose(); }

 private:
  bool narrow_;
  base::Secret text_;
};

}  // namespace

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
  const int fd = console::is_terminal(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;
  CredentialsBlock block(console::columns_of(fd).value_or(kWide) < kWide);
  if (!credentials.elastic_password.empty()) {
    block.row("user", "elastic");
    block.row("password", credentials.elastic_password.expose());
  }
  if (!plain_http) {
    block.row("CA certificate", credentials.http_ca_path);
    block.row("CA fingerprint", credentials.http_ca_sha256_hex);
  }
  block.gap();
  block.row("try it", "curl " +
                          (plain_http ? "-u elastic http"
                                      : "--cacert " + base::shell_quoted(credentials.http_ca_path) +
                                            " -u elastic https") +
                          "://localhost:" + credentials.http_port + "/_security/_authenticate");
  if (credentials.gives_tokens) {
    const std::string tool =
        base::shell_quoted(credentials.bin + "/elasticsearch-create-enrollment-token") + " -s ";
    block.row("connect Kibana", tool + "kibana");
    block.row("another node", tool + "node");
  }
  block.row("new password",
            base::shell_quoted(credentials.bin + "/elasticsearch-reset-password") + " -u elastic");
  block.gap();
  console::write_text(fd, block.text());
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
