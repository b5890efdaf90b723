#include "launcher/certs_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "launcher/network_addresses.h"

namespace launcher {
namespace {

constexpr int kDefaultLimitDays = 90;

/// CLI11 fills plain variables; what needs a type of ours is converted afterwards.
struct RawOptions {
  std::vector<std::string> names;
  std::string key_search = "parallel";
  std::string key_type = "rsa";
  std::string part = "ca";
  std::string format = "p12";
  std::string passphrase_file;
  int passphrase_fd = -1;
};

void add_passphrase(CLI::App& verb, RawOptions& raw) {
  auto* file = verb.add_option("--passphrase-file", raw.passphrase_file,
                               "Read the passphrase of the keystore from this file");
  verb.add_option("--passphrase-fd", raw.passphrase_fd,
                  "Read the passphrase of the keystore from this descriptor")
      ->check(CLI::NonNegativeNumber)
      ->excludes(file);
}

void add_key_search(CLI::App& verb, RawOptions& raw) {
  verb.add_option("--key-search", raw.key_search,
                  "How RSA keys are found: parallel (our own search) or openssl (slower)")
      ->check(CLI::IsMember({"parallel", "openssl"}));
}

void add_names(CLI::App& verb, RawOptions& raw) {
  verb.add_option("--san", raw.names, "Add this DNS name or IP address; can be repeated")
      ->allow_extra_args(false);
}

CLI::App* add_show(CLI::App& app, CertsOptions& options, RawOptions& raw) {
  CLI::App* verb = app.add_subcommand("show", "List the certificates of this node");
  verb->add_flag("--json", options.json, "Print JSON");
  add_passphrase(*verb, raw);
  return verb;
}

CLI::App* add_check(CLI::App& app, CertsOptions& options, RawOptions& raw) {
  CLI::App* verb = app.add_subcommand(
      "check",
      "Exit 0 where all certificates last, 1 where one ends soon, 2 where one has expired");
  auto* json = verb->add_flag("--json", options.json, "Print JSON");
  verb->add_flag("--prometheus", options.prometheus, "Print metrics in Prometheus' text format")
      ->excludes(json);
  options.limit_days = kDefaultLimitDays;
  verb->add_option("--days", options.limit_days, "What is soon")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  add_passphrase(*verb, raw);
  return verb;
}

CLI::App* add_renew(CLI::App& app, CertsOptions& options, RawOptions& raw) {
  CLI::App* verb = app.add_subcommand(
      "renew", "Replace the HTTP key and certificate; a running node takes the new ones by itself");
  auto* ca = verb->add_flag("--ca", options.new_ca, "Replace the HTTP CA as well");
  verb->add_flag("--keep-old-ca", options.keep_old_ca,
                 "Leave the old CA in http_ca.crt beside the new one, for a time of transition")
      ->needs(ca);
  add_names(*verb, raw);
  verb->add_flag("--replace-sans", options.replace_names,
                 "Drop the names of the old certificate instead of adding to them");
  verb->add_option("--valid-days", options.valid_days, "Life of the certificate (default 730)")
      ->check(CLI::PositiveNumber);
  add_key_search(*verb, raw);
  add_passphrase(*verb, raw);
  return verb;
}

CLI::App* add_export(CLI::App& app, CertsOptions& options, RawOptions& raw) {
  CLI::App* verb =
      app.add_subcommand("export", "Write parts of the HTTP store as PEM, for clients and proxies");
  verb->add_option("what", raw.part,
                   "ca: the CA certificate (default); chain: the node's certificate with it; "
                   "key: the node's private key, NOT ENCRYPTED")
      ->check(CLI::IsMember({"ca", "chain", "key"}));
  verb->add_option("--out", options.out, "A new file (default: stdout)");
  add_passphrase(*verb, raw);
  return verb;
}

CLI::App* add_issue(CLI::App& app, CertsOptions& options, RawOptions& raw) {
  CLI::App* verb = app.add_subcommand(
      "issue", "Make a CA and transport certificates for a cluster that is set up by hand");
  verb->add_option("nodes", options.nodes, "NAME or NAME:SAN,SAN,... of each node");
  verb->add_option("--out", options.out, "Directory for the new files")->required();
  verb->add_option("--ca", options.ca_store, "Issue from the CA in this PKCS#12 file");
  verb->add_option("--ca-name", options.ca_name, "Common name of a new CA");
  verb->add_option("--password-file", options.password_file,
                   "Password of the CA file and of all new ones (default: a new one, written to "
                   "the file `password` in the directory)");
  verb->add_option("--format", raw.format, "p12, or pem with keys that are NOT ENCRYPTED")
      ->check(CLI::IsMember({"p12", "pem"}));
  verb->add_option("--valid-days", options.valid_days, "Life of what is made (default 1095)")
      ->check(CLI::PositiveNumber);
  verb->add_option("--key-type", raw.key_type,
                   "rsa (4096 bits), p256 or p384. EC keys are made in no time; but nodes that "
                   "join with a stock launcher, and some old clients, expect RSA")
      ->check(CLI::IsMember({"rsa", "p256", "p384"}));
  add_key_search(*verb, raw);
  return verb;
}

void convert(const RawOptions& raw, CertsOptions& options) {
  static const std::map<std::string, certgen::KeyType> key_types{
      {"rsa", certgen::KeyType::kRsa4096},
      {"p256", certgen::KeyType::kEcP256},
      {"p384", certgen::KeyType::kEcP384}};
  static const std::map<std::string, ExportedPart> parts{
      {"ca", ExportedPart::kCa}, {"chain", ExportedPart::kChain}, {"key", ExportedPart::kKey}};
  options.key_type = key_types.at(raw.key_type);
  options.part = parts.at(raw.part);
  options.pem = raw.format == "pem";
  if (raw.key_search == "openssl") options.key_search = certgen::KeySearch::kOpenSsl;
  std::transform(raw.names.begin(), raw.names.end(), std::back_inserter(options.names),
                 to_alt_name);
  if (!raw.passphrase_file.empty()) options.passphrase.file = raw.passphrase_file;
  if (raw.passphrase_fd >= 0) options.passphrase.fd = raw.passphrase_fd;
}

}  // namespace

base::Result<CertsOptions> parse_certs_options(std::vector<std::string> arguments) {
  CertsOptions options;
  RawOptions raw;
  CLI::App app("Looks after the certificates of a node.", "esboot certs");
  app.require_subcommand(1);
  const std::map<CLI::App*, CertsVerb> verbs{{add_show(app, options, raw), CertsVerb::kShow},
                                             {add_check(app, options, raw), CertsVerb::kCheck},
                                             {add_renew(app, options, raw), CertsVerb::kRenew},
                                             {add_export(app, options, raw), CertsVerb::kExport},
                                             {add_issue(app, options, raw), CertsVerb::kIssue}};
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    app.parse(arguments);
    convert(raw, options);
  } catch (const CLI::CallForHelp&) {
    options.help = app.help();
    return options;
  } catch (const CLI::Error& refusal) {
    return base::Error{base::ErrorKind::kUsage, refusal.what(),
                       "esboot certs --help lists the commands, and --help after one its options",
                       0};
  }
  options.verb = verbs.at(app.get_subcommands().front());
  return options;
}

}  // namespace launcher
