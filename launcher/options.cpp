#include "launcher/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "base/paths.h"
#include "launcher/option_parser.h"

namespace launcher {
namespace {

constexpr std::string_view kEnrollmentToken = "enrollment-token";
constexpr std::string_view kDryRun = "dry-run";
constexpr std::string_view kInit = "init";
constexpr std::string_view kExplain = "explain";
constexpr std::string_view kRelay = "relay";
constexpr std::string_view kPasswordFd = "password-fd";
constexpr std::string_view kCredentialsFile = "credentials-file";

constexpr std::array kOptions{
    OptionSpec{'E', "", true, true, true, "key=value: set or override one setting"},
    OptionSpec{'p', "pidfile", true, false, true, "path: let the node write its pid there"},
    OptionSpec{'d', "daemonize", false, true, true, "return once the node is ready"},
    OptionSpec{'q', "quiet", false, true, true, "no logging to the console"},
    OptionSpec{0, kEnrollmentToken, true, true, true, "join the cluster that issued this token"},
    OptionSpec{'s', "silent", false, true, true, "say as little as possible"},
    OptionSpec{'v', "verbose", false, true, true, "say why, also where it is as usual"},
    OptionSpec{'V', "version", false, true, true, "print the version and end"},
    OptionSpec{'h', "help", false, true, true, "print this and end"},
    OptionSpec{0, kCredentialsFile, true, false, false,
               "path: write user, password and CA of a first start there, as JSON"},
    OptionSpec{0, kPasswordFd, true, false, false,
               "number: read the password for elastic from this descriptor"},
    OptionSpec{0, kDryRun, false, false, false,
               "print what would be written and the command of the JVM, change nothing"},
    OptionSpec{0, kInit, false, false, false,
               "stay as the node's parent: pass signals on, reap, end with its exit code; so it is "
               "as PID 1 anyway"},
    OptionSpec{0, kExplain, false, true, false,
               "say on stderr how the heap was decided, and what time each phase took"},
    OptionSpec{0, kRelay, true, false, false,
               "yes or no; no: leave no process beside the node, whose stderr is then unfiltered, "
               "and of which systemd is not told when it is ready"},
    // main takes it before any command sees its arguments.
    OptionSpec{0, "log-format", true, false, false,
               "text or json: how messages on stderr are written; every command takes it, and "
               "ES_LOG_FORMAT"},
    OptionSpec{0, kSanOption, true, true, false,
               "name: one more IP address or DNS name for the HTTP certificate; can be repeated"},
    OptionSpec{0, kKeyTypeOption, true, false, false,
               "rsa (4096 bits, as stock), p256 or p384: of a first start, see below"},
    OptionSpec{0, kKeySearchOption, true, false, false,
               "parallel or openssl: how RSA keys are found; openssl is slower"},
    OptionSpec{0, kFormatOption, true, false, false,
               "p12 (as stock) or pem: what certs/ of a first start holds, see below"},
};

/// Two options that the stock parser refuses together, unless -h is there.
struct Conflict {
  std::string_view option;
  std::string_view with;
};
constexpr std::array kConflicts{
    Conflict{"daemonize", "version"},      Conflict{"pidfile", "version"},
    Conflict{"quiet", "version"},          Conflict{"quiet", "daemonize"},
    Conflict{kEnrollmentToken, "version"}, Conflict{"verbose", "silent"},
    Conflict{kInit, "daemonize"}};

base::Error usage(std::string message, std::string hint) {
  return {base::ErrorKind::kUsage, std::move(message), std::move(hint), 0};
}

base::Result<void> check_conflicts(const ParsedOptions& parsed) {
  for (const Conflict& conflict : kConflicts)
    if (parsed.has(conflict.option) && parsed.has(conflict.with))
      return usage("the options --" + std::string(conflict.option) + " and --" +
                       std::string(conflict.with) + " exclude each other",
                   "leave one of them out");
  return {};
}

/// Overwrites every argument that is, or ends with "=" and, this secret.
void wipe_in(std::span<char* const> arguments, const std::string& secret) {
  for (char* const argument : arguments) {
    const std::string_view text(argument);
    if (!secret.empty() && text.ends_with(secret))
      base::wipe_memory(argument + (text.size() - secret.size()), secret.size());
  }
}

}  // namespace

base::Result<void> add_setting(std::string_view text, std::vector<SettingArgument>* settings) {
  const std::size_t equals = text.find('=');
  const std::string key(text.substr(0, equals));
  if (equals == std::string_view::npos || equals + 1 == text.size())
    return usage("-E " + key + " has no value", "write it as -E " + key + "=VALUE");
  if (std::any_of(settings->begin(), settings->end(),
                  [&](const SettingArgument& earlier) { return earlier.key == key; }))
    return usage("-E sets " + key + " twice", "give each setting once");
  settings->push_back({key, std::string(text.substr(equals + 1))});
  return {};
}

base::Result<StartOptions> parse_start_options(std::span<char* const> arguments) {
  std::vector<std::string> copies(arguments.begin(), arguments.end());
  auto parsed = parse_options(kOptions, copies, OperandRule::kAnywhere);
  StartOptions options;
  if (parsed)
    for (auto& [id, value] : parsed.value().given)
      if (id == kEnrollmentToken) {
        wipe_in(arguments, value);
        options.enrollment_tokens.push_back(base::Secret::copy_of(value));
        base::wipe_memory(value.data(), value.size());
      }
  for (std::string& copy : copies) base::wipe_memory(copy.data(), copy.size());
  if (!parsed) return std::move(parsed).error();

  const ParsedOptions& given = parsed.value();
  options.help = given.has("help");
  if (!options.help) BASE_CHECK(check_conflicts(given));
  options.version = given.has("version");
  options.silent = given.has("silent");
  options.verbose = given.has("verbose");
  options.quiet = given.has("quiet");
  options.daemonize = given.has("daemonize");
  options.explain = given.has(kExplain);
  options.pid_file = given.value_of("pidfile");
  if (given.has("pidfile") && options.pid_file.empty())
    return usage("-p has an empty path", "name a file for the pid");
  options.positional = given.operands;
  for (const auto& [id, value] : given.given)
    if (id == "E" && !options.help) BASE_CHECK(add_setting(value, &options.settings));
  if (given.has(kCredentialsFile))
    options.credentials_file = base::absolute_path(given.value_of(kCredentialsFile));
  if (given.has(kPasswordFd)) {
    const std::string fd = given.value_of(kPasswordFd);
    const auto [end, error] =
        std::from_chars(fd.data(), fd.data() + fd.size(), options.password_fd);
    if (error != std::errc() || end != fd.data() + fd.size() || options.password_fd < 0)
      return usage("--password-fd is the number of an open descriptor, not '" + fd + "'",
                   "for example --password-fd 3 3<password.txt");
  }
  BASE_TRY(options.certificates, parse_certificate_choices(given));
  const std::string relay = given.has(kRelay) ? given.value_of(kRelay) : "yes";
  if (relay != "yes" && relay != "no")
    return usage("--relay is yes or no, not '" + relay + "'", "--relay=no leaves no relay behind");
  options.relay = relay == "yes";
  options.init = given.has(kInit);
  options.dry_run = given.has(kDryRun);
  if (!options.relay && (options.init || options.daemonize))
    return usage("--relay=no does not go with " + std::string(options.init ? "--init" : "-d"),
                 "leave it out: there it is the caller that reads the node's stderr");
  return options;
}

base::Result<void> check_options(const StartOptions& options) {
  if (!options.positional.empty())
    return base::Error{base::ErrorKind::kUsage,
                       "unexpected argument '" + options.positional.front() + "'",
                       "options begin with '-'; 'esboot start --help' lists them", 0};
  if (options.enrollment_tokens.size() > 1)
    return base::Error{base::ErrorKind::kUsage, "--enrollment-token is given more than once",
                       "a node joins one cluster, with one token", 0};
  return {};
}

std::string start_help() {
  return "esboot [start] [options]: start Elasticsearch in this process\n\n"
         "On a first start the node gets TLS certificates, security settings and a password for\n"
         "the user elastic. What stands against that is said on stderr, and the node starts as\n"
         "it is.\n\n" +
         options_help(kOptions) +
         "\nWhat the options of a first start cost:\n"
         "  --key-type p256 or p384 takes no time, but a node with the stock launcher cannot join\n"
         "    through enrollment: it signs its certificate as if the key of the CA were RSA.\n"
         "  --format pem leaves private keys in certs/ that no password protects (mode 0600). The\n"
         "    node cannot hand out enrollment tokens, for which the server needs the key of the "
         "CA\n"
         "    in a PKCS#12 store, and 'esboot certs' and ES_RENEW_CERTS_DAYS do not look after "
         "it.\n"
         "Further names for the HTTP certificate also come from ES_EXTRA_SANS=NAME,NAME...\n"
         "\nOther commands: 'esboot help' lists them.\n"
         "Example: esboot start -E node.name=one -p /run/es.pid\n";
}

}  // namespace launcher
