#include "tests/support/node_directories.h"

#include <stdexcept>

#include "base/clock.h"
#include "keystore/keystore.h"
#include "tests/support/certificate_files.h"

namespace test_support {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSettings =
    "xpack.security.enabled: true\n"
    "xpack.security.http.ssl:\n"
    "  enabled: true\n"
    "  keystore.path: certs/http.p12\n"
    "xpack.security.transport.ssl:\n"
    "  enabled: true\n"
    "  keystore.path: certs/transport.p12\n"
    "  truststore.path: certs/transport.p12\n";

certgen::TlsMaterial material(base::UnixSeconds made_at) {
  certgen::TlsRequest request;
  request.node_name = "node-1";
  request.http_names = {{certgen::SubjectAltName::Kind::kDns, "localhost"},
                        {certgen::SubjectAltName::Kind::kIp, "127.0.0.1"}};
  request.key_type = certgen::KeyType::kEcP256;
  request.now = made_at;
  auto made = certgen::make_tls_material(request);
  if (!made.ok()) throw std::runtime_error(made.error().message);
  return std::move(made).value();
}

}  // namespace

NodeDirectories::NodeDirectories(base::UnixSeconds made_at, const std::string& passphrase) {
  const certgen::TlsMaterial made = material(made_at);
  http_password_ = made.http_password.expose();
  transport_password_ = made.transport_password.expose();
  fs::create_directories(home_ / "lib");
  fs::create_directories(home_ / "bin");
  fs::create_directories(certs());
  write_file(home_ / "lib/elasticsearch-8.19.21.jar", "");
  write_file(config() / "elasticsearch.yml", kSettings);
  write_file(http_p12(), made.http_p12.expose());
  write_file(certs() / "transport.p12", made.transport_p12.expose());
  write_file(http_ca_crt(), made.http_ca_pem);
  write_keystore(http_password_, transport_password_, passphrase);
}

void NodeDirectories::write_keystore(const std::string& http_password,
                                     const std::string& transport_password,
                                     const std::string& passphrase) const {
  keystore::Entries entries;
  entries["keystore.seed"] = base::Secret::copy_of("12345678901234567890");
  entries["xpack.security.http.ssl.keystore.secure_password"] =
      base::Secret::copy_of(http_password);
  entries["xpack.security.transport.ssl.keystore.secure_password"] =
      base::Secret::copy_of(transport_password);
  entries["xpack.security.transport.ssl.truststore.secure_password"] =
      base::Secret::copy_of(transport_password);
  const auto sealed = keystore::seal(entries, base::Secret::copy_of(passphrase), 6);
  if (!sealed.ok()) throw std::runtime_error("the keystore cannot be sealed");
  const auto bytes = keystore::serialize(sealed.value());
  write_file(config() / "elasticsearch.keystore",
             {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

ChildResult NodeDirectories::esboot(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{std::string(ESBOOT_BINARY_DIR) + "/dynamic/esboot"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_child({argv, "", {{"ES_HOME", home_.path().string()}, {"ES_PATH_CONF", ""}}, "/"});
}

}  // namespace test_support
