#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "launcher/keystore_options.h"

/// Where the passphrase of a keystore comes from.
namespace launcher {

/// For the commands that stock has too: the source that the command line names, else a line of
/// stdin, asked for on stderr (behaviour page section 8). Errors: kIo, kInternal, kUsage.
base::Result<base::Secret> ask_passphrase(const PassphraseSource& source);

/// A new one, asked for twice. Error: kData where the two differ; neither is shown.
base::Result<base::Secret> ask_new_passphrase();

/// For our own commands, whose stdin may hold values: the source that the command line names, else
/// the systemd credential `keystore_passphrase` below `credentials_directory`, else a terminal.
/// Errors: kUsage where there is none of them, kIo.
base::Result<base::Secret> find_passphrase(const PassphraseSource& source,
                                           const std::string& credentials_directory);

/// What find_passphrase gives without asking a terminal; empty where neither a source is named nor
/// a credential is there. Error: kIo.
base::Result<base::Secret> offered_passphrase(const PassphraseSource& source,
                                              const std::string& credentials_directory);

}  // namespace launcher
