#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

/// The command line of `esboot keystore` (behaviour page section 8).
namespace launcher {

enum class KeystoreVerb {
  kCreate,
  kList,
  kShow,
  kAdd,
  kAddFile,
  kRemove,
  kUpgrade,
  kPasswd,
  kHasPasswd,
  // Not in the stock tool:
  kApply,
  kDiff,
  kVerify,
};

struct PassphraseSource {
  std::optional<std::string> file;
  std::optional<int> fd;

  [[nodiscard]] bool given() const { return file.has_value() || fd.has_value(); }
};

struct KeystoreOptions {
  std::optional<KeystoreVerb> verb;  ///< only `help` may come without
  bool help = false;
  bool silent = false;
  bool ask_new_passphrase = false;  ///< create -p
  bool values_from_stdin = false;   ///< add -x
  bool force = false;
  bool json = false;
  bool detailed_exitcode = false;
  PassphraseSource passphrase;
  std::vector<std::string> operands;
};

/// Error: kUsage.
base::Result<KeystoreOptions> parse_keystore_options(std::span<const std::string> arguments);

/// All commands, or the options of one.
[[nodiscard]] std::string keystore_help(std::optional<KeystoreVerb> verb);

}  // namespace launcher
