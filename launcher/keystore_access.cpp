#include "launcher/keystore_access.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.h"
#include "launcher/keystore_passphrase.h"

namespace launcher {

base::Result<std::optional<OpenKeystore>> open_if_present(const KeystoreOptions& options,
                                                          const KeystoreContext& context) {
  BASE_TRY(auto locked, read_keystore(context.site));
  if (!locked) return std::optional<OpenKeystore>();
  base::Secret passphrase;
  if (locked->sealed.has_passphrase) {
    BASE_TRY(passphrase, ask_passphrase(options.passphrase));
  }
  BASE_TRY(auto opened, open_keystore(*std::move(locked), std::move(passphrase)));
  return std::optional<OpenKeystore>(std::move(opened));
}

base::Result<OpenKeystore> open_existing(const KeystoreOptions& options,
                                         const KeystoreContext& context) {
  BASE_TRY(auto opened, open_if_present(options, context));
  if (!opened) return missing_keystore(context);
  return *std::move(opened);
}

base::Result<std::optional<OpenKeystore>> open_unattended(const KeystoreOptions& options,
                                                          const KeystoreContext& context) {
  BASE_TRY(auto locked, read_keystore(context.site));
  if (!locked) return std::optional<OpenKeystore>();
  base::Secret passphrase;
  if (locked->sealed.has_passphrase) {
    BASE_TRY(passphrase, find_passphrase(options.passphrase, context.credentials_directory));
  }
  BASE_TRY(auto opened, open_keystore(*std::move(locked), std::move(passphrase)));
  return std::optional<OpenKeystore>(std::move(opened));
}

base::Error missing_keystore(const KeystoreContext& context) {
  return {base::ErrorKind::kData, "there is no keystore at " + context.site.path(),
          "make one with the command create", 0};
}

base::Error missing_entry(const std::string& name) {
  return {base::ErrorKind::kConfig, "the keystore has no entry " + name,
          "the command list prints the names", 0};
}

base::Result<base::Secret> read_operand(const KeystoreOptions& options) {
  if (options.operands.size() != 1)
    return base::Error{base::ErrorKind::kUsage, "exactly one FILE is needed, or - for stdin", "",
                       0};
  const std::string& path = options.operands.front();
  const bool is_stdin = path == "-";
  if (is_stdin && options.passphrase.fd == STDIN_FILENO)
    return base::Error{base::ErrorKind::kUsage,
                       "stdin holds the values, so it cannot hold the passphrase too",
                       "name another descriptor, or a file with --passphrase-file", 0};
  const base::UniqueFd file(is_stdin ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!is_stdin && !file.valid())
    return base::file_error(base::ErrorKind::kIo, "read", path, errno);
  return base::read_secret_fd(is_stdin ? STDIN_FILENO : file.get(), is_stdin ? "stdin" : path,
                              keystore::kMaxFileSizeBytes);
}

}  // namespace launcher
