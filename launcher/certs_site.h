#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "certgen/pkcs12.h"
#include "keystore/keystore.h"
#include "launcher/environment.h"
#include "launcher/keystore_options.h"
#include "launcher/settings.h"

/// The certificate stores of one node, as its settings and its keystore name them.
namespace launcher {

/// One PKCS#12 file of the node with the password that opens it.
struct CertsStore {
  std::string layer;  ///< "http" or "transport"
  std::string path;
  base::Secret password;
};

struct CertsSite {
  std::string config_directory;
  std::vector<CertsStore> stores;  ///< those that the settings name and that exist
};

/// Reads elasticsearch.yml and the keystore (asking for its passphrase where it has one). Errors:
/// kConfig where neither layer has a PKCS#12 store, or the keystore lacks a password, and those of
/// reading the two files.
base::Result<CertsSite> observe_certs(const std::string& invoked_as, const Environment& environment,
                                      const PassphraseSource& passphrase);

/// The store of one layer, where the settings name a PKCS#12 file that exists. Error: kConfig where
/// the keystore lacks the password.
base::Result<std::optional<CertsStore>> find_store(const std::string& layer,
                                                   const std::string& config_directory,
                                                   const Settings& settings,
                                                   const keystore::Entries& entries);

/// The HTTP store of the site. Error: kConfig where there is none.
base::Result<const CertsStore*> http_store_of(const CertsSite& site);

/// Reads and opens a store. Errors name its path.
base::Result<std::vector<certgen::StoreEntry>> open_store(const CertsStore& store);

}  // namespace launcher
