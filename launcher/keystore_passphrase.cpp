#include "launcher/keystore_passphrase.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/files.h"
#include "base/unique_fd.h"
#include "launcher/console.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxPassphraseBytes = 65536;
constexpr const char* kCredentialName = "keystore_passphrase";
constexpr std::string_view kPrompt = "Keystore passphrase: ";

/// An editor ends the last line of a file; that line end is not meant.
base::Secret without_line_end(base::Secret text) {
  if (text.expose().ends_with('\n')) text.truncate(text.size() - 1);
  if (text.expose().ends_with('\r')) text.truncate(text.size() - 1);
  return text;
}

base::Result<base::Secret> read_passphrase_file(const std::string& path) {
  // Blocking, unlike read_secret_file: it may be the pipe of a shell's <(command).
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return base::file_error(base::ErrorKind::kIo, "read", path, errno);
  BASE_TRY(base::Secret text, base::read_secret_fd(fd.get(), path, kMaxPassphraseBytes));
  return without_line_end(std::move(text));
}

std::string credential_path(const std::string& credentials_directory) {
  return credentials_directory + "/" + kCredentialName;
}

bool has_credential(const std::string& credentials_directory) {
  return !credentials_directory.empty() &&
         base::facts_of(credential_path(credentials_directory)).type != base::FileType::kMissing;
}

base::Result<base::Secret> read_named_source(const PassphraseSource& source) {
  if (source.file) return read_passphrase_file(*source.file);
  BASE_TRY(base::Secret text,
           base::read_secret_fd(*source.fd, "descriptor " + std::to_string(*source.fd),
                                kMaxPassphraseBytes));
  return without_line_end(std::move(text));
}

}  // namespace

base::Result<base::Secret> ask_passphrase(const PassphraseSource& source) {
  if (source.given()) return read_named_source(source);
  return console::read_secret(kPrompt);
}

base::Result<base::Secret> ask_new_passphrase() {
  BASE_TRY(base::Secret first,
           console::read_secret("New passphrase of the keystore (empty for none): "));
  BASE_TRY(const base::Secret second, console::read_secret("The same passphrase again: "));
  if (!first.equals(second))
    return base::Error{base::ErrorKind::kData, "the two passphrases are not the same",
                       "nothing was changed: run the command again", 0};
  return first;
}

base::Result<base::Secret> find_passphrase(const PassphraseSource& source,
                                           const std::string& credentials_directory) {
  const bool offered = source.given() || has_credential(credentials_directory);
  if (offered) return offered_passphrase(source, credentials_directory);
  if (console::is_terminal(STDIN_FILENO)) return console::read_secret(kPrompt);
  return base::Error{base::ErrorKind::kUsage,
                     "the keystore has a passphrase, and stdin is no terminal to ask for it",
                     "name a file with --passphrase-file or a descriptor with --passphrase-fd", 0};
}

base::Result<base::Secret> offered_passphrase(const PassphraseSource& source,
                                              const std::string& credentials_directory) {
  if (source.given()) return read_named_source(source);
  if (has_credential(credentials_directory))
    return read_passphrase_file(credential_path(credentials_directory));
  return base::Secret();
}

}  // namespace launcher
