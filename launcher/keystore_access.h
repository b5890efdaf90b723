#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "launcher/keystore_command.h"

/// What several keystore commands begin with.
namespace launcher {

/// Reads and unlocks the keystore as the stock commands do: asks for the passphrase only where
/// there is one. Errors: kData for a missing keystore, and those of read_keystore, ask_passphrase
/// and open_keystore.
base::Result<OpenKeystore> open_existing(const KeystoreOptions& options,
                                         const KeystoreContext& context);

/// As open_existing, but nullopt for a missing keystore.
base::Result<std::optional<OpenKeystore>> open_if_present(const KeystoreOptions& options,
                                                          const KeystoreContext& context);

/// As open_if_present, with the passphrase from where our own commands look for it. Keeps stdin
/// free for values: without another source, only a terminal is asked.
base::Result<std::optional<OpenKeystore>> open_unattended(const KeystoreOptions& options,
                                                          const KeystoreContext& context);

[[nodiscard]] base::Error missing_keystore(const KeystoreContext& context);
[[nodiscard]] base::Error missing_entry(const std::string& name);

/// The text of the file that the operand of `apply` or `diff` names; "-" is stdin. Errors: kUsage,
/// kIo.
base::Result<base::Secret> read_operand(const KeystoreOptions& options);

}  // namespace launcher
