#include "launcher/secret_sources.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/files.h"
#include "base/paths.h"
#include "base/unique_fd.h"
#include "launcher/console.h"
#include "launcher/keystore_passphrase.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxSecretBytes = 65536;

base::Result<base::Secret> read_up_to_end(int fd, const std::string& what) {
  base::Secret secret;
  std::array<std::uint8_t, 4096> chunk{};
  while (true) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::file_error(base::ErrorKind::kGeneric, "read", what, errno);
    if (got == 0) break;
    secret.append(std::span(chunk.data(), static_cast<std::size_t>(got)));
    if (secret.size() > kMaxSecretBytes)
      return base::Error{base::ErrorKind::kGeneric, what + " is too large for a password", "", 0};
  }
  base::wipe_memory(chunk.data(), chunk.size());
  while (secret.expose().ends_with('\n') || secret.expose().ends_with('\r'))
    secret.truncate(secret.size() - 1);
  if (secret.empty())
    return base::Error{base::ErrorKind::kGeneric, what + " is empty",
                       "it has to hold the password and nothing else", 0};
  return secret;
}

}  // namespace

base::Result<base::Secret> read_secret_of_file(const std::string& path,
                                               const std::string& variable) {
  const std::string what = path + " (from " + variable + ")";
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!fd.valid() || fstat(fd.get(), &status) != 0)
    return base::file_error(base::ErrorKind::kGeneric, "read", what, errno);
  if ((status.st_mode & 022U) != 0)
    return base::Error{
        base::ErrorKind::kGeneric,
        what + " can be written by others (mode " + base::mode_text(status.st_mode & 07777U) + ")",
        "chmod go-w '" + path + "'", 0};
  if ((status.st_mode & 04U) != 0)
    console::warn(what + " can be read by everybody on this host (mode " +
                  base::mode_text(status.st_mode & 07777U) + ")");
  return read_up_to_end(fd.get(), what);
}

base::Result<base::Secret> read_secret_of_fd(int fd) {
  auto secret = read_up_to_end(fd, "descriptor " + std::to_string(fd));
  if (!secret) secret.error().kind = base::ErrorKind::kUsage;
  return secret;
}

base::Result<base::Secret> secret_of_variable(const std::string& name, const base::Secret& value,
                                              const Environment& environment) {
  const std::string file = environment.get(name + "_FILE");
  if (file.empty()) return value.clone();
  if (!value.empty())
    return base::Error{base::ErrorKind::kGeneric, name + " and " + name + "_FILE are both set",
                       "unset one of them", 0};
  return read_secret_of_file(file, name + "_FILE");
}

base::Result<base::Secret> supplied_elastic_password(const EnvironmentSecrets& secrets,
                                                     const Environment& environment,
                                                     int password_fd) {
  BASE_TRY(base::Secret supplied,
           secret_of_variable("ELASTIC_PASSWORD", secrets.elastic_password, environment));
  if (!supplied.empty()) return supplied;
  if (password_fd >= 0) return read_secret_of_fd(password_fd);
  const std::string directory = environment.get("CREDENTIALS_DIRECTORY");
  const std::string credential = directory + "/elastic_password";
  if (directory.empty() || !base::path_exists(credential)) return base::Secret();
  return read_secret_of_file(credential, "CREDENTIALS_DIRECTORY");
}

base::Result<base::Secret> supplied_keystore_passphrase(const EnvironmentSecrets& secrets,
                                                        const Environment& environment) {
  BASE_TRY(base::Secret supplied,
           secret_of_variable("KEYSTORE_PASSWORD", secrets.keystore_password, environment));
  if (!supplied.empty()) return supplied;
  PassphraseSource source;
  const std::string file = environment.get("ES_KEYSTORE_PASSPHRASE_FILE");
  if (!file.empty()) source.file = file;
  return offered_passphrase(source, environment.get("CREDENTIALS_DIRECTORY"));
}

}  // namespace launcher
