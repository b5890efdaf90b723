#include "launcher/node_site.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/paths.h"
#include "launcher/console.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxYmlBytes = std::size_t{64} << 20U;

StreamKind stream_kind(int fd) {
  struct stat status{};
  if (console::is_terminal(fd)) return StreamKind::kTerminal;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) return StreamKind::kRegularFile;
  return StreamKind::kOther;
}

bool has_entries(const std::string& directory) {
  return !base::list_directory(directory).value_or(std::vector<std::string>{}).empty();
}

}  // namespace

base::Result<NodeSite> find_site(const std::string& invoked_as, const Environment& environment) {
  NodeSite site;
  BASE_TRY(const std::string home, find_home(invoked_as, environment));
  BASE_TRY(site.installation, read_installation(home));
  BASE_TRY(site.config_directory, find_config_directory(home, environment));
  if (site.installation.verified != Verified::kYes)
    console::warn("Elasticsearch " + site.installation.version_text +
                  " is not among the versions this program was verified with; it is started like " +
                  site.installation.facts->from.text());
  return site;
}

base::Result<NodeSettings> settings_with(std::optional<std::string> yml, const NodeSite& site,
                                         const StartOptions& options,
                                         const Environment& environment) {
  NodeSettings settings;
  settings.yml = std::move(yml);
  const SettingsInput input{
      site.installation.home, settings.yml, site.yml_path(),
      options.settings,       environment,  site.installation.distribution_type};
  BASE_TRY(settings.settings, make_settings(input));
  return settings;
}

base::Result<NodeSettings> load_settings(const NodeSite& site, const StartOptions& options,
                                         const Environment& environment) {
  auto yml = base::read_file_if_present(site.yml_path(), kMaxYmlBytes);
  if (!yml) {
    base::Error error = std::move(yml).error();
    error.kind = base::ErrorKind::kInternal;  // the stock code for settings that cannot be known
    return error;
  }
  return settings_with(std::move(yml).value(), site, options, environment);
}

NodeFacts observe(const NodeSite& site, const Settings& settings, const NodeKeystore& keystore,
                  const std::string& credentials_file, bool password_supplied) {
  NodeFacts facts;
  facts.config_directory = site.config_directory;
  facts.yml_path = site.yml_path();
  facts.keystore_path = site.keystore_path();
  facts.config_facts = base::facts_of(facts.config_directory);
  facts.yml_facts = base::facts_of(facts.yml_path);
  facts.keystore_facts = base::facts_of(facts.keystore_path);
  for (std::string& path : data_directories(settings, site.installation.home)) {
    const bool occupied = has_entries(path);
    facts.data_directories.push_back({std::move(path), occupied});
  }
  for (const auto& [name, value] : keystore.entries) facts.keystore_names.insert(name);
  facts.stdout_kind = stream_kind(STDOUT_FILENO);
  const bool terminal =
      facts.stdout_kind == StreamKind::kTerminal || console::is_terminal(STDERR_FILENO);
  const bool settled = password_supplied || settles_elastic_password(keystore);
  if (!settled && !credentials_file.empty())
    facts.credentials_path = credentials_file;
  else if (!settled && !terminal)
    facts.credentials_path = site.config_directory + "/" + kPasswordFileName;
  if (!facts.credentials_path.empty())
    facts.credentials_facts = base::facts_of(facts.credentials_path);
  facts.credentials_place_named = settled || !credentials_file.empty();
  facts.effective_uid = geteuid();
  return facts;
}

base::Result<std::string> find_temp_directory(const Environment& environment,
                                              const std::string& home) {
  const std::string chosen = environment.get("ES_TMPDIR");
  if (!chosen.empty()) {
    if (base::is_directory(base::absolute_path(chosen, home))) return chosen;
    return base::Error{base::ErrorKind::kConfig,
                       "the temp directory " + chosen + " does not exist or is not a directory",
                       "create it, or correct ES_TMPDIR", 0};
  }
  return base::create_private_directory("/tmp/elasticsearch-");
}

base::Result<std::string> check_pid_file(const std::string& pid_file, const std::string& home) {
  if (pid_file.empty()) return std::string();
  // Not normalised: the server is given it as it was written.
  std::string path = pid_file.starts_with('/') ? pid_file : home + "/" + pid_file;
  const std::string parent = base::parent_of(path);
  if (base::path_exists(parent) && !base::is_directory(parent))
    return base::Error{base::ErrorKind::kUsage,
                       "the parent of the pid file, " + parent + ", is not a directory",
                       "choose another path for -p", 0};
  if (base::path_exists(path) && !base::is_regular_file(path))
    return base::Error{base::ErrorKind::kUsage,
                       "the pid file " + path + " exists and is not a regular file",
                       "choose another path for -p", 0};
  return path;
}

}  // namespace launcher
