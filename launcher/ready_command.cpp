#include "launcher/ready_command.h"

#include <array>
#include <charconv>

#include "base/clock.h"
#include "base/files.h"
#include "base/paths.h"
#include "launcher/command_request.h"
#include "launcher/console.h"
#include "launcher/network_addresses.h"
#include "launcher/node_site.h"
#include "launcher/option_parser.h"
#include "launcher/process_state.h"

namespace launcher {
namespace {

constexpr std::string_view kCa = "ca";
constexpr std::string_view kWait = "wait";
constexpr std::string_view kTimeout = "timeout";
constexpr std::size_t kMaxPemBytes = std::size_t{1} << 20U;
constexpr std::chrono::milliseconds kPause{250};

constexpr std::array kOptions{
    OptionSpec{'E', "", true, true, true, "key=value: a setting that the node was started with"},
    OptionSpec{0, kCa, true, false, false,
               "path: trust these certificates (PEM), the CA's or the node's own"},
    OptionSpec{0, kTimeout, true, false, false, "seconds: how long one attempt may take; 5"},
    OptionSpec{0, kWait, true, false, false, "seconds: try again until then; 0"},
    OptionSpec{'h', "help", false, true, true, "print this and end"}};

struct ReadyOptions {
  bool help = false;
  std::string ca_file;
  std::chrono::seconds timeout{5};
  std::chrono::seconds wait{0};
  StartOptions start;  ///< its settings only
};

base::Result<std::chrono::seconds> seconds_of(const ParsedOptions& given, std::string_view option,
                                              std::chrono::seconds otherwise) {
  if (!given.has(option)) return otherwise;
  const std::string text = given.value_of(option);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > 86400)
    return base::Error{base::ErrorKind::kUsage,
                       "--" + std::string(option) + " is a number of seconds, not '" + text + "'",
                       "for example --" + std::string(option) + " 30", 0};
  return std::chrono::seconds(seconds);
}

base::Result<ReadyOptions> parse_ready_options(std::span<char* const> arguments) {
  const std::vector<std::string> words(arguments.begin(), arguments.end());
  BASE_TRY(const ParsedOptions given, parse_options(kOptions, words, OperandRule::kAnywhere));
  if (!given.operands.empty())
    return base::Error{base::ErrorKind::kUsage,
                       "unexpected argument '" + given.operands.front() + "'",
                       "'esboot ready --help' lists the options", 0};
  ReadyOptions options;
  options.help = given.has("help");
  if (given.has(kCa)) options.ca_file = base::absolute_path(given.value_of(kCa));
  BASE_TRY(options.timeout, seconds_of(given, kTimeout, options.timeout));
  BASE_TRY(options.wait, seconds_of(given, kWait, options.wait));
  for (const auto& [id, value] : given.given)
    if (id == "E") BASE_CHECK(add_setting(value, &options.start.settings));
  return options;
}

std::string first_of(const Settings& settings, const std::string& key) {
  const std::vector<std::string> values = list_setting(settings, key);
  return values.empty() ? std::string() : values.front();
}

/// The files with certificates that a client of this node can trust, as the settings name them.
std::vector<std::string> certificate_files(const Settings& settings,
                                           const std::string& config_directory) {
  const std::string layer = "xpack.security.http.ssl.";
  std::vector<std::string> files;
  if (text_setting(settings, layer + "keystore.path") == "certs/http.p12")
    files.push_back(config_directory + "/certs/http_ca.crt");
  for (const char* const key : {"certificate", "certificate_authorities"})
    for (const std::string& path : list_setting(settings, layer + key))
      files.push_back(base::absolute_path(path, config_directory));
  std::erase_if(files, [](const std::string& path) { return !base::path_exists(path); });
  return files;
}

base::Result<int> wait_until_ready(const std::string& invoked_as, const ReadyOptions& options) {
  const Environment environment = read_environment();
  BASE_TRY(const NodeSite site, find_site(invoked_as, environment));
  BASE_TRY(const NodeSettings node, load_settings(site, options.start, environment));
  BASE_TRY(HttpRequest probe, probe_of(node.settings, site.config_directory, options.ca_file));
  probe.timeout = options.timeout;
  const auto end = base::monotonic_now() + options.wait;
  while (true) {
    auto reply = http_exchange(probe);
    if (reply.ok()) return 0;
    if (base::monotonic_now() >= end) {
      base::Error error = std::move(reply).error();
      error.message = "no answer from " + probe.host + ":" + probe.port + ": " + error.message;
      error.hint = "where the node has another address or certificate, say so with -E or --ca";
      return error;
    }
    base::pause(kPause);
  }
}

}  // namespace

base::Result<HttpRequest> probe_of(const Settings& settings, const std::string& config_directory,
                                   const std::string& ca_file) {
  HttpRequest probe;
  probe.host = own_http_host(settings, interfaces_with_addresses());
  if (probe.host.empty()) probe.host = "127.0.0.1";
  const std::string port = first_of(settings, "http.port");
  probe.port = port.empty() ? "9200" : port.substr(0, port.find('-'));
  probe.target = "/";
  if (text_setting(settings, "xpack.security.http.ssl.enabled").value_or("false") != "true")
    return probe;
  auto files = certificate_files(settings, config_directory);
  if (!ca_file.empty()) files = {ca_file};
  if (files.empty())
    return base::Error{base::ErrorKind::kConfig,
                       "the settings name no certificate in PEM that the node could be known by",
                       "name the CA's with --ca FILE", 0};
  for (const std::string& file : files) {
    BASE_TRY(const std::string pem, base::read_file(file, kMaxPemBytes));
    probe.trusted_pem += pem + "\n";
  }
  return probe;
}

int run_ready_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const SigpipeIgnored quiet;
  const auto options = parse_ready_options(arguments);
  if (options.ok() && options.value().help) {
    console::print_raw(
        "esboot ready [options]: end with 0 once the node answers HTTP, else 69\n\n"
        "Any answer will do, 401 included. Over TLS the node has to show the\n"
        "certificate that its configuration names.\n\n" +
        options_help(kOptions) + "\nExample: esboot ready --wait 60\n");
    return 0;
  }
  return conclude(options.ok() ? wait_until_ready(invoked_as, options.value())
                               : base::Result<int>(options.error()));
}

}  // namespace launcher
