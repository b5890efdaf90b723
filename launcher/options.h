#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "launcher/certificate_choices.h"

namespace launcher {

/// One -E of the command line, not yet parsed as YAML.
struct SettingArgument {
  std::string key;
  std::string value;
};

/// What the command line of `start` says.
struct StartOptions {
  bool help = false;
  bool version = false;
  bool silent = false;
  bool verbose = false;
  bool quiet = false;
  bool daemonize = false;
  bool dry_run = false;
  bool init = false;     ///< --init
  bool explain = false;  ///< --explain: say how the heap was decided
  bool relay = true;     ///< --relay=no
  int password_fd = -1;  ///< --password-fd: where the password for elastic can be read; -1: none
  std::string credentials_file;     ///< --credentials-file: absolute, or empty
  CertificateChoices certificates;  ///< --key-search, --key-type, --format, --san
  std::string pid_file;
  std::vector<SettingArgument> settings;
  std::vector<base::Secret> enrollment_tokens;
  std::vector<std::string> positional;
};

/// Adds what follows -E, "key=value". Error: kUsage for one without a value, or a second of a key.
base::Result<void> add_setting(std::string_view text, std::vector<SettingArgument>* settings);

/// Parses what follows the command as the stock option parser does (behaviour page 2.1): short
/// options in clusters, `-p x`, `-px`, `--pidfile x`, `--pidfile=x`, unambiguous abbreviations of
/// the stock long options, `--` as the end. Options of our own are spelled out. The values of
/// secret options are moved out of `arguments`, whose memory is overwritten, so that they cannot be
/// read from /proc. Error: kUsage.
base::Result<StartOptions> parse_start_options(std::span<char* const> arguments);

/// Error: kUsage for an argument that is no option, and for a second enrollment token.
base::Result<void> check_options(const StartOptions& options);

/// The help of `start`, ready to print.
[[nodiscard]] std::string start_help();

}  // namespace launcher
