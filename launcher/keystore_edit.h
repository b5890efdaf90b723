#pragma once

#include "base/result.h"
#include "launcher/keystore_command.h"

/// The commands that write the keystore. Each returns the exit code of the process.
namespace launcher {

base::Result<int> create_keystore(const KeystoreOptions& options, const KeystoreContext& context);
base::Result<int> add_entries(const KeystoreOptions& options, const KeystoreContext& context);
base::Result<int> add_files(const KeystoreOptions& options, const KeystoreContext& context);
base::Result<int> remove_entries(const KeystoreOptions& options, const KeystoreContext& context);
base::Result<int> upgrade_keystore(const KeystoreOptions& options, const KeystoreContext& context);
base::Result<int> change_passphrase(const KeystoreOptions& options, const KeystoreContext& context);

/// Sets and removes all that the operand lists, with one save, or none where all of it is so
/// already. 2 with --detailed-exitcode where something changed.
base::Result<int> apply_entries(const KeystoreOptions& options, const KeystoreContext& context);

}  // namespace launcher
