#include "launcher/security_plan.h"

#include "base/random.h"
#include "certgen/tls_material.h"
#include "launcher/credentials.h"
#include "launcher/network_addresses.h"
#include "launcher/password_hash.h"
#include "launcher/yml_block.h"

namespace launcher {
namespace {

constexpr mode_t kFileMode = 0660;
constexpr mode_t kCredentialsMode = 0600;
constexpr mode_t kPlainKeyMode = 0600;

constexpr const char* kHashingSetting = "xpack.security.authc.password_hashing.algorithm";

base::Result<void> add_encryption_entries(const Installation& installation,
                                          keystore::Entries* entries) {
  // A server without the module refuses to start with these entries, so it is looked for.
  if (!installation.facts->cluster_state_encryption ||
      !installation.has_module("x-pack-encryption") || entries->contains(kEncryptionActive))
    return {};
  BASE_TRY(base::Secret password, base::random_uuid_base64());
  entries->insert_or_assign(kEncryptionPassword, std::move(password));
  entries->insert_or_assign(kEncryptionActive, base::Secret::copy_of("autoconfigured"));
  return {};
}

base::Result<HashAlgorithm> hash_algorithm(const Settings& settings) {
  const auto name = text_setting(settings, kHashingSetting).value_or("bcrypt");
  const auto algorithm = parse_hash_algorithm(name);
  if (algorithm) return *algorithm;
  return base::Error{base::ErrorKind::kConfig,
                     std::string(kHashingSetting) + " is '" + name + "', which is no algorithm",
                     "use bcrypt, pbkdf2, pbkdf2_stretch, or one of these with its cost", 0};
}

/// Stores the supplied password, or makes one and stores its hash; nothing where the keystore has
/// either already. Returns the password that was made.
base::Result<base::Secret> add_elastic_password(const SecurityInput& input,
                                                NodeKeystore* keystore) {
  if (settles_elastic_password(*keystore)) return base::Secret();
  if (!input.supplied_password.empty()) {
    keystore->entries.insert_or_assign(kBootstrapPasswordEntry, input.supplied_password.clone());
    return base::Secret();
  }
  BASE_TRY(const HashAlgorithm algorithm, hash_algorithm(input.settings.settings));
  BASE_TRY(base::Secret password, make_elastic_password());
  BASE_TRY(base::Secret hash, hash_password(password, algorithm));
  keystore->entries.insert_or_assign(kPasswordHashEntry, std::move(hash));
  return password;
}

certgen::TlsRequest tls_request(const SecurityInput& input) {
  certgen::TlsRequest request;
  request.node_name = text_setting(input.settings.settings, "node.name").value_or("");
  request.http_names = http_certificate_names(interface_addresses(), input.host_name,
                                              input.settings.settings, input.certificates.names);
  request.distinct_ca_names_and_key_usage =
      input.site.installation.facts->distinct_ca_names_and_key_usage;
  request.key_search = input.certificates.key_search;
  request.key_type = input.certificates.key_type;
  request.format = input.certificates.format;
  request.now = input.now;
  request.on_key = input.on_key;
  return request;
}

void add_pem_files(certgen::PemMaterial* pem, base::DirectoryChange* certs) {
  const auto add_certificate = [&](const char* name, const std::string& text) {
    certs->files.push_back({name, base::Secret::copy_of(text), kFileMode});
  };
  certs->files.push_back({"http_ca.key", std::move(pem->http_ca_key), kPlainKeyMode});
  add_certificate("transport_ca.crt", pem->transport_ca);
  add_certificate("transport.crt", pem->transport_cert);
  certs->files.push_back({"transport.key", std::move(pem->transport_key), kPlainKeyMode});
  add_certificate("http.crt", pem->http_chain);
  certs->files.push_back({"http.key", std::move(pem->http_key), kPlainKeyMode});
}

base::DirectoryChange certificates(certgen::TlsMaterial* material, const SecurityInput& input) {
  base::DirectoryChange certs;
  certs.name = "certs";
  certs.kept_suffix = std::to_string(input.now) + ".orig";
  certs.files.push_back({"http_ca.crt", base::Secret::copy_of(material->http_ca_pem), kFileMode});
  if (input.certificates.format == certgen::StoreFormat::kPem) {
    add_pem_files(&material->pem, &certs);
    return certs;
  }
  certs.files.push_back({"transport.p12", std::move(material->transport_p12), kFileMode});
  certs.files.push_back({"http.p12", std::move(material->http_p12), kFileMode});
  return certs;
}

/// The file that the credentials go to: JSON where it was named, else the password alone.
void add_credentials_file(const SecurityInput& input, SecurityPlan* plan) {
  const std::string& path = input.facts.credentials_path;
  if (path.empty() || plan->elastic_password.empty()) return;
  if (path == input.site.config_directory + "/" + kPasswordFileName) {
    base::Secret line = plan->elastic_password.clone();
    line.append("\n");
    plan->changes.files.push_back({kPasswordFileName, std::move(line), kCredentialsMode, false});
    return;
  }
  plan->changes.outside_files.push_back(
      {path,
       credentials_json("elastic", plan->elastic_password, plan->http_ca_path,
                        plan->http_ca_sha256_hex),
       kCredentialsMode, true});
}

/// Certificates and the entries for them, in memory.
base::Result<SecurityPlan> begin_plan(const SecurityInput& input, NodeKeystore keystore,
                                      certgen::TlsMaterial material) {
  SecurityPlan plan;
  plan.keystore = std::move(keystore);
  keystore::Entries& entries = plan.keystore.entries;
  if (input.certificates.format == certgen::StoreFormat::kPkcs12) {
    entries.insert_or_assign(kTransportPassword, material.transport_password.clone());
    entries.insert_or_assign(kTransportTrustPassword, std::move(material.transport_password));
    entries.insert_or_assign(kHttpPassword, std::move(material.http_password));
  }
  BASE_CHECK(add_encryption_entries(input.site.installation, &entries));
  plan.http_ca_path = input.site.config_directory + "/certs/http_ca.crt";
  plan.http_ca_sha256_hex = material.http_ca_sha256_hex;
  plan.changes.directory = input.site.config_directory;
  plan.changes.directories.push_back(certificates(&material, input));
  return plan;
}

/// Takes out what belongs to layers that get no TLS.
void narrow(TlsScope scope, SecurityPlan* plan) {
  if (scope == TlsScope::kHttpAndTransport) return;
  keystore::Entries& entries = plan->keystore.entries;
  entries.erase(kHttpPassword);
  plan->http_ca_path.clear();
  plan->http_ca_sha256_hex.clear();
  if (scope == TlsScope::kNone) {
    entries.erase(kTransportPassword);
    entries.erase(kTransportTrustPassword);
    plan->changes.directories.clear();
    return;
  }
  for (base::DirectoryChange& directory : plan->changes.directories)
    std::erase_if(directory.files,
                  [](const base::FileChange& file) { return file.name.starts_with("http"); });
}

/// The keystore as it is now, and elasticsearch.yml: the last file is the one that counts.
base::Result<void> complete_plan(const SecurityInput& input, const std::string& yml,
                                 SecurityPlan* plan) {
  BASE_TRY(base::Secret keystore_file,
           seal_node_keystore(&plan->keystore, input.site.installation.facts->keystore_format));
  plan->changes.files.push_back(
      {"elasticsearch.keystore", std::move(keystore_file), kFileMode, false});
  plan->changes.files.push_back(
      {"elasticsearch.yml", base::Secret::copy_of(yml), kFileMode, false});
  return {};
}

std::string yml_of(const SecurityInput& input, const JoinSettings* join) {
  return with_security_block(input.settings.yml.value_or(""), input.settings.settings, input.now,
                             input.certificates.format, join);
}

}  // namespace

base::Result<SecurityPlan> plan_security(const SecurityInput& input, NodeKeystore keystore) {
  BASE_TRY(certgen::TlsMaterial material, certgen::make_tls_material(tls_request(input)));
  BASE_TRY(SecurityPlan plan, begin_plan(input, std::move(keystore), std::move(material)));
  BASE_TRY(plan.elastic_password, add_elastic_password(input, &plan.keystore));
  add_credentials_file(input, &plan);
  BASE_CHECK(complete_plan(input, yml_of(input, nullptr), &plan));
  return plan;
}

base::Result<SecurityPlan> plan_enrollment(const SecurityInput& input, NodeKeystore keystore,
                                           const EnrollmentReply& reply) {
  BASE_TRY(certgen::TlsMaterial material,
           certgen::make_enrolled_material(tls_request(input), reply.credentials));
  BASE_TRY(SecurityPlan plan, begin_plan(input, std::move(keystore), std::move(material)));
  const JoinSettings join{reply.node_addresses,
                          any_remote(reply.node_addresses, interface_addresses())};
  BASE_CHECK(complete_plan(input, yml_of(input, &join), &plan));
  return plan;
}

base::Result<SecurityPlan> plan_certificates(const SecurityInput& input, NodeKeystore keystore,
                                             TlsScope scope) {
  certgen::TlsMaterial material;
  if (scope != TlsScope::kNone) {
    BASE_TRY(material, certgen::make_tls_material(tls_request(input)));
  }
  BASE_TRY(SecurityPlan plan, begin_plan(input, std::move(keystore), std::move(material)));
  narrow(scope, &plan);
  return plan;
}

base::Result<SecurityPlan> plan_existing(const SecurityInput& input, NodeKeystore keystore,
                                         TlsScope scope) {
  BASE_TRY(SecurityPlan plan, plan_certificates(input, std::move(keystore), scope));
  BASE_TRY(plan.elastic_password, add_elastic_password(input, &plan.keystore));
  add_credentials_file(input, &plan);
  BASE_CHECK(
      complete_plan(input,
                    with_existing_block(input.settings.yml.value_or(""), input.settings.settings,
                                        input.now, input.certificates.format, scope),
                    &plan));
  return plan;
}

}  // namespace launcher
