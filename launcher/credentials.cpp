#include "launcher/credentials.h"

#include <unistd.h>

#include "launcher/console.h"

namespace launcher {

void show_credentials(const Credentials& credentials) {
  if (!credentials.password_file_path.empty()) {
    console::note("security is configured; CA certificate: " + credentials.http_ca_path);
    if (!credentials.elastic_password.empty())
      console::note("the password of the user elastic is in " + credentials.password_file_path);
    return;
  }
  base::Secret text = base::Secret::copy_of("\nSecurity is configured for this node.\n\n");
  if (!credentials.elastic_password.empty()) {
    text.append("  user             elastic\n  password         ");
    text.append(credentials.elastic_password.bytes());
    text.append("\n");
  }
  text.append("  CA certificate   " + credentials.http_ca_path + "\n");
  text.append("  CA fingerprint   " + credentials.http_ca_sha256_hex + "\n\n");
  text.append("  try it           curl --cacert '" + credentials.http_ca_path +
              "' -u elastic https://localhost:" + credentials.http_port +
              "/_security/_authenticate\n\n");
  console::write_text(console::is_terminal(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO,
                      text.expose());
}

}  // namespace launcher
