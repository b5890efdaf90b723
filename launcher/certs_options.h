#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "certgen/certificates.h"
#include "certgen/keys.h"
#include "launcher/keystore_options.h"

/// The command line of `esboot certs`.
namespace launcher {

enum class CertsVerb { kShow, kCheck, kRenew, kExport, kIssue };
enum class ExportedPart { kCa, kChain, kKey };

struct CertsOptions {
  std::optional<CertsVerb> verb;
  std::string help;  ///< not empty: print this and do nothing
  PassphraseSource passphrase;
  bool json = false;
  bool prometheus = false;
  int limit_days = 0;  ///< check
  bool new_ca = false;
  bool keep_old_ca = false;
  bool replace_names = false;
  std::vector<certgen::SubjectAltName> names;
  int valid_days = 0;  ///< 0: the default of the verb
  certgen::KeySearch key_search = certgen::KeySearch::kParallel;
  certgen::KeyType key_type = certgen::KeyType::kRsa4096;
  ExportedPart part = ExportedPart::kCa;
  std::string out;  ///< a file for export, a directory for issue; empty: stdout
  std::string ca_store;
  std::string ca_name;
  std::string password_file;
  bool pem = false;
  std::vector<std::string> nodes;
};

/// Error: kUsage.
base::Result<CertsOptions> parse_certs_options(std::vector<std::string> arguments);

}  // namespace launcher
