#include "launcher/certs_site.h"

#include <array>
#include <optional>

#include "base/change_set.h"
#include "base/files.h"
#include "launcher/installation.h"
#include "launcher/keystore_passphrase.h"
#include "launcher/keystore_store.h"
#include "launcher/settings.h"

namespace launcher {
namespace {

constexpr std::size_t kLargestYmlBytes = std::size_t{16} << 20U;
constexpr std::array<const char*, 2> kLayers{"http", "transport"};

std::string prefix_of(const std::string& layer) {
  return "xpack.security." + layer + ".ssl.keystore.";
}

base::Result<Settings> read_settings(const std::string& config_directory,
                                     const Environment& environment) {
  const std::string path = config_directory + "/elasticsearch.yml";
  BASE_TRY(const auto text, base::read_file_if_present(path, kLargestYmlBytes));
  if (!text) return Settings();
  return parse_yaml_settings(replace_environment(*text, environment), path);
}

base::Result<keystore::Entries> read_entries(const KeystoreSite& site,
                                             const PassphraseSource& source,
                                             const Environment& environment) {
  BASE_TRY(auto locked, read_keystore(site));
  if (!locked) return keystore::Entries();
  base::Secret passphrase;
  if (locked->sealed.has_passphrase) {
    BASE_TRY(passphrase, find_passphrase(source, environment.get("CREDENTIALS_DIRECTORY")));
  }
  BASE_TRY(OpenKeystore opened, open_keystore(*std::move(locked), std::move(passphrase)));
  return std::move(opened.entries);
}

/// The file that the settings name, or that auto-configuration would make; nullopt for none, and
/// for a store of another type than PKCS#12.
std::optional<std::string> store_path(const std::string& config_directory, const Settings& settings,
                                      const std::string& layer) {
  const std::string type = text_setting(settings, prefix_of(layer) + "type").value_or("");
  if (!type.empty() && type != "PKCS12" && type != "pkcs12") return std::nullopt;
  std::string path = text_setting(settings, prefix_of(layer) + "path").value_or("");
  if (path.empty()) return std::nullopt;
  if (path.front() != '/') path = config_directory + "/" + path;
  if (base::facts_of(path).type == base::FileType::kMissing) return std::nullopt;
  return path;
}

}  // namespace

base::Result<std::optional<CertsStore>> find_store(const std::string& layer,
                                                   const std::string& config_directory,
                                                   const Settings& settings,
                                                   const keystore::Entries& entries) {
  const auto path = store_path(config_directory, settings, layer);
  if (!path) return std::optional<CertsStore>();
  const std::string name = prefix_of(layer) + "secure_password";
  const auto entry = entries.find(name);
  if (entry == entries.end())
    return base::Error{base::ErrorKind::kConfig,
                       "the keystore has no entry " + name + ", so " + *path + " stays closed",
                       "esboot keystore add " + name, 0};
  return std::optional(CertsStore{layer, *path, entry->second.clone()});
}

base::Result<CertsSite> observe_certs(const std::string& invoked_as, const Environment& environment,
                                      const PassphraseSource& passphrase) {
  BASE_TRY(const std::string home, find_home(invoked_as, environment));
  CertsSite site;
  BASE_TRY(site.config_directory, find_config_directory(home, environment));
  BASE_TRY(const Settings settings, read_settings(site.config_directory, environment));
  KeystoreSite keystore_site;
  keystore_site.config_directory = site.config_directory;
  BASE_TRY(const auto entries, read_entries(keystore_site, passphrase, environment));
  for (const std::string layer : kLayers) {
    BASE_TRY(auto store, find_store(layer, site.config_directory, settings, entries));
    if (store) site.stores.push_back(*std::move(store));
  }
  if (site.stores.empty())
    return base::Error{base::ErrorKind::kConfig,
                       "the settings in " + site.config_directory + " name no PKCS#12 store",
                       "certificates of an auto-configured node are meant; start it once", 0};
  return site;
}

base::Result<const CertsStore*> http_store_of(const CertsSite& site) {
  for (const CertsStore& store : site.stores)
    if (store.layer == "http") return &store;
  return base::Error{base::ErrorKind::kConfig, "the settings name no PKCS#12 store for HTTP", "",
                     0};
}

base::Result<std::vector<certgen::StoreEntry>> open_store(const CertsStore& store) {
  BASE_TRY(const base::Secret bytes,
           base::read_secret_file(store.path, certgen::kLargestStoreBytes));
  auto entries = certgen::read_pkcs12(bytes.bytes(), store.password);
  if (!entries.ok()) entries.error().message = store.path + ": " + entries.error().message;
  return entries;
}

}  // namespace launcher
