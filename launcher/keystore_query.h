#pragma once

#include "base/result.h"
#include "launcher/keystore_command.h"

/// The commands that only read the keystore. Each returns the exit code of the process.
namespace launcher {

base::Result<int> list_entries(const KeystoreOptions& options, const KeystoreContext& context);
base::Result<int> show_entries(const KeystoreOptions& options, const KeystoreContext& context);

/// 0 where a passphrase protects the keystore, else 1. Never asks for it.
base::Result<int> has_passphrase(const KeystoreOptions& options, const KeystoreContext& context);

/// 0 where every wanted entry is there with the wanted value, else 2.
base::Result<int> diff_entries(const KeystoreOptions& options, const KeystoreContext& context);

base::Result<int> verify_keystore(const KeystoreOptions& options, const KeystoreContext& context);

}  // namespace launcher
