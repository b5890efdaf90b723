#include "launcher/certs_issue.h"
#include "launcher/configuration_lock.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <vector>

#include "base/change_set.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/random.h"
#include "base/text.h"
#include "certgen/certificate_facts.h"
#include "certgen/identity.h"
#include "certgen/pkcs12.h"
#include "launcher/console.h"
#include "launcher/network_addresses.h"

namespace launcher {
namespace {

constexpr int kDefaultDays = 3 * 365;  // as elasticsearch-certutil
constexpr base::UnixSeconds kSecondsPerDay = 24L * 60 * 60;
constexpr const char* kDefaultCaName = "esboot transport CA";
constexpr const char* kCaAlias = "ca";
constexpr std::size_t kLargestPasswordBytes = 4096;

struct Node {
  std::string name;
  std::vector<certgen::SubjectAltName> names;
};

base::Error usage_error(const std::string& message) {
  return {base::ErrorKind::kUsage, message, "esboot certs issue --help shows the form", 0};
}

/// NAME or NAME:SAN,SAN,...
base::Result<Node> parse_node(const std::string& text) {
  const std::size_t colon = text.find(':');
  Node node{text.substr(0, colon), {}};
  const bool fits_file = !node.name.empty() && node.name.front() != '.' &&
                         node.name.find('/') == std::string::npos && node.name != kCaAlias;
  if (!fits_file) return usage_error("'" + node.name + "' cannot name a node's files");
  if (colon != std::string::npos)
    for (const std::string& name : base::split(text.substr(colon + 1), ','))
      if (!name.empty()) node.names.push_back(to_alt_name(name));
  return node;
}

base::Result<std::vector<Node>> parse_nodes(const std::vector<std::string>& texts) {
  std::vector<Node> nodes;
  std::set<std::string> seen;
  for (const std::string& text : texts) {
    BASE_TRY(Node node, parse_node(text));
    if (!seen.insert(node.name).second)
      return usage_error("the node '" + node.name + "' is named twice");
    BASE_CHECK(certgen::check_common_name(node.name));
    BASE_CHECK(certgen::check_names(node.names));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

base::Result<base::Secret> read_password(const std::string& path) {
  BASE_TRY(base::Secret password, base::read_secret_file(path, kLargestPasswordBytes));
  while (!password.empty() &&
         (password.expose().back() == '\n' || password.expose().back() == '\r'))
    password.truncate(password.size() - 1);
  return password;
}

base::Result<certgen::Identity> read_ca(const std::string& path, const base::Secret& password) {
  BASE_TRY(const base::Secret bytes, base::read_secret_file(path, certgen::kLargestStoreBytes));
  auto entries = certgen::read_pkcs12(bytes.bytes(), password);
  if (!entries.ok()) {
    entries.error().message = path + ": " + entries.error().message;
    return entries.error();
  }
  for (certgen::StoreEntry& entry : entries.value())
    if (entry.key && !entry.chain.empty() && certgen::facts_of(entry.chain.front()).is_ca)
      return certgen::Identity{std::move(entry.key), std::move(entry.chain.front())};
  return base::Error{base::ErrorKind::kData, path + " has no CA with its key",
                     "make a CA by leaving out --ca", 0};
}

certgen::CertificateRequest ca_request(const CertsOptions& options, base::UnixSeconds now) {
  certgen::CertificateRequest request;
  request.common_name = options.ca_name.empty() ? kDefaultCaName : options.ca_name;
  request.not_before = now;
  request.valid_days = options.valid_days > 0 ? options.valid_days : kDefaultDays;
  request.is_ca = true;
  request.key_usage = true;
  return request;
}

/// Without usages, like stock transport certificates: a node is a client and a server.
base::Result<certgen::CertificateRequest> node_request(const Node& node,
                                                       const CertsOptions& options,
                                                       const certgen::Identity& ca,
                                                       base::UnixSeconds now) {
  const auto ca_days = (certgen::facts_of(ca.certificate).not_after - now) / kSecondsPerDay;
  if (ca_days < 1)
    return base::Error{base::ErrorKind::kConfig, "the CA has expired, or does so within a day",
                       "make a new one by leaving out --ca", 0};
  certgen::CertificateRequest request;
  request.common_name = node.name;
  request.not_before = now;
  request.valid_days = options.valid_days > 0 ? options.valid_days : kDefaultDays;
  request.valid_days = static_cast<int>(std::min<base::UnixSeconds>(request.valid_days, ca_days));
  request.names = node.names;
  return request;
}

/// Collects the files of one call.
class IssuedFiles {
 public:
  IssuedFiles(const CertsOptions& options, const base::Secret& password, base::UnixSeconds now)
      : pem_(options.pem), password_(password), now_(now) {
    changes_.directory = options.out;
  }

  base::Result<void> add_ca(const certgen::Identity& ca, bool with_key) {
    if (pem_) return add_pem(kCaAlias, ca, with_key);
    if (!with_key) return {};
    std::vector<certgen::StoreEntry> entries(1);
    BASE_TRY(entries[0], entry_of(kCaAlias, ca));
    return add_store(kCaAlias, entries);
  }

  base::Result<void> add_node(const std::string& name, const certgen::Identity& node,
                              const certgen::Identity& ca) {
    if (pem_) return add_pem(name, node, true);
    std::vector<certgen::StoreEntry> entries(2);
    BASE_TRY(entries[0], entry_of(name, node));
    entries[0].chain.push_back(certgen::share(ca.certificate));
    entries[1].alias = kCaAlias;
    entries[1].chain.push_back(certgen::share(ca.certificate));
    return add_store(name, entries);
  }

  void add(const std::string& name, base::Secret bytes, mode_t mode) {
    changes_.files.push_back({name, std::move(bytes), mode, true});
  }
  [[nodiscard]] const base::ChangeSet& changes() const { return changes_; }

 private:
  static base::Result<certgen::StoreEntry> entry_of(const std::string& alias,
                                                    const certgen::Identity& identity) {
    BASE_TRY(const base::Secret copied, certgen::private_key_der(identity.key));
    BASE_TRY(certgen::PrivateKey key, certgen::parse_private_key(copied.bytes()));
    certgen::StoreEntry entry{alias, std::move(key), {}};
    entry.chain.push_back(certgen::share(identity.certificate));
    return entry;
  }

  base::Result<void> add_store(const std::string& name,
                               const std::vector<certgen::StoreEntry>& entries) {
    BASE_TRY(base::Secret store, certgen::write_pkcs12(entries, password_, now_));
    add(name + ".p12", std::move(store), 0600);
    return {};
  }

  base::Result<void> add_pem(const std::string& name, const certgen::Identity& identity,
                             bool with_key) {
    BASE_TRY(const std::string certificate, certgen::certificate_pem(identity.certificate));
    add(name + ".crt", base::Secret::copy_of(certificate), 0644);
    if (!with_key) return {};
    BASE_TRY(base::Secret key, certgen::private_key_pem(identity.key));
    add(name + ".key", std::move(key), 0600);
    return {};
  }

  bool pem_;
  const base::Secret& password_;
  base::UnixSeconds now_;
  base::ChangeSet changes_;
};

base::Result<void> commit_to(const std::string& directory, const base::ChangeSet& changes) {
  if (mkdir(directory.c_str(), 0750) != 0 && errno != EEXIST)
    return base::file_error(base::ErrorKind::kCannotCreate, "make", directory, errno);
  BASE_TRY(const base::DirectoryLock lock, base::DirectoryLock::acquire(directory));
  BASE_CHECK(base::recover(directory));
  return commit_change(changes);
}

}  // namespace

base::Result<void> write_new_file(const std::string& path, base::Secret bytes, mode_t mode) {
  const std::size_t slash = path.rfind('/');
  base::ChangeSet changes;
  changes.directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  changes.files.push_back({path.substr(slash + 1), std::move(bytes), mode, true});
  BASE_TRY(const base::DirectoryLock lock, base::DirectoryLock::acquire(changes.directory));
  return commit_change(changes);
}

base::Result<int> issue_certificates(const CertsOptions& options, const certgen::OnKey& on_key) {
  const base::UnixSeconds now = base::now();
  BASE_TRY(const std::vector<Node> nodes, parse_nodes(options.nodes));
  const bool new_ca = options.ca_store.empty();
  if (!new_ca && options.password_file.empty()) return usage_error("--ca needs --password-file");
  base::Secret password;
  if (options.password_file.empty()) {
    BASE_TRY(password, base::random_uuid_base64());
  } else {
    BASE_TRY(password, read_password(options.password_file));
  }
  certgen::Identity ca;
  if (!new_ca) {
    BASE_TRY(ca, read_ca(options.ca_store, password));
  }
  const int wanted = static_cast<int>(nodes.size()) + (new_ca ? 1 : 0);
  BASE_TRY(auto keys, certgen::make_keys(options.key_type, options.key_search, wanted, on_key));
  if (new_ca) {
    BASE_TRY(ca, certgen::self_signed(ca_request(options, now), std::move(keys.back())));
  }
  IssuedFiles files(options, password, now);
  BASE_CHECK(files.add_ca(ca, new_ca));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    BASE_TRY(const auto request, node_request(nodes[i], options, ca, now));
    BASE_TRY(const auto issued, certgen::signed_by(ca, request, std::move(keys[i])));
    BASE_CHECK(files.add_node(nodes[i].name, issued, ca));
  }
  if (options.password_file.empty() && !options.pem)
    files.add("password", std::move(password), 0600);
  BASE_CHECK(commit_to(options.out, files.changes()));
  for (const base::FileChange& file : files.changes().files)
    console::print(options.out + "/" + file.name);
  return 0;
}

}  // namespace launcher
