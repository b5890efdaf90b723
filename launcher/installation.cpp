#include "launcher/installation.h"

#include <optional>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/paths.h"
#include "base/text.h"

namespace launcher {
namespace {

constexpr std::size_t kMaxSmallFileBytes = std::size_t{1} << 20U;

/// "8.19.21" of lib/elasticsearch-8.19.21.jar; empty where no server jar is.
std::string server_version_in(const std::string& lib) {
  constexpr std::string_view kPrefix = "elasticsearch-";
  const auto names = base::list_directory(lib);
  if (!names) return {};
  for (const std::string& name : *names) {
    if (!name.starts_with(kPrefix) || !name.ends_with(".jar")) continue;
    std::string version = name.substr(kPrefix.size(), name.size() - kPrefix.size() - 4);
    if (parse_version(version)) return version;
  }
  return {};
}

/// The file behind `path` when only its last component is followed, as the stock script does it.
std::string follow_last_component(std::string path) {
  constexpr int kMaxLinks = 40;  // what the kernel allows
  for (int i = 0; i < kMaxLinks; ++i) {
    const auto target = base::symlink_target(path);
    if (!target) break;
    path = base::absolute_path(*target, base::parent_of(path));
  }
  return path;
}

/// Where the deb and rpm of Elasticsearch put it (behaviour page 1.6).
constexpr const char* kPackageHome = "/usr/share/elasticsearch";

struct PackageFiles {
  std::string_view distribution_type;
  const char* environment_file;  ///< shell assignments, shared by the unit and the tools (page 1.1)
};
constexpr PackageFiles kPackages[] = {{"deb", "/etc/default/elasticsearch"},
                                      {"rpm", "/etc/sysconfig/elasticsearch"}};

std::optional<std::string> home_around(const std::string& program) {
  const std::string bin = base::parent_of(program);
  std::string home = base::parent_of(bin);
  if (base::name_of(bin) != "bin" || server_version_in(home + "/lib").empty()) return std::nullopt;
  return home;
}

/// The literal that the packaging put into bin/elasticsearch-env; "zip" where there is none.
std::string distribution_type_of(const std::string& home) {
  constexpr std::string_view kKey = "ES_DISTRIBUTION_TYPE=";
  const auto script = base::read_file(home + "/bin/elasticsearch-env", kMaxSmallFileBytes);
  if (!script) return "zip";
  for (const std::string& line : base::split(script.value(), '\n')) {
    const std::string_view text = base::trim(line);
    if (!text.starts_with(kKey)) continue;
    std::string type(base::trim(text.substr(kKey.size())));
    std::erase(type, '"');
    return type;
  }
  return "zip";
}

/// The last value of KEY="value" in a JDK's release file, or in one of shell assignments.
std::string assigned_value(const std::string& text, std::string_view key) {
  std::string value;
  for (const std::string& line : base::split(text, '\n')) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != '=') continue;
    value = base::trim(std::string_view(line).substr(key.size() + 1));
    std::erase_if(value, [](char byte) { return byte == '"' || byte == '\''; });
  }
  return value;
}

/// A variable of the file that a package of this type keeps for it. Empty: not from a package, or
/// not set there.
std::string variable_of_package(const std::string& distribution_type, std::string_view name) {
  for (const PackageFiles& package : kPackages) {
    if (package.distribution_type != distribution_type) continue;
    const auto file = base::read_file(package.environment_file, kMaxSmallFileBytes);
    return file ? assigned_value(file.value(), name) : std::string();
  }
  return {};
}

base::Result<Jdk> read_jdk(const std::string& home, const std::string& type) {
  Jdk jdk;
  jdk.home = base::real_path(base::absolute_path(home));
  jdk.java_as_named = home + "/bin/java";
  jdk.java = jdk.home + "/bin/java";
  jdk.type = type;
  const auto release = base::read_file(jdk.home + "/release", kMaxSmallFileBytes);
  const std::string version =
      release ? assigned_value(release.value(), "JAVA_VERSION") : std::string();
  const auto parts = base::split(version, '.');
  jdk.major = std::atoi((parts[0] == "1" && parts.size() > 1 ? parts[1] : parts[0]).c_str());
  jdk.version = version;
  jdk.early_22 = version == "22" || version == "22.0.0" || version == "22.0.1";
  if (jdk.major <= 0)
    return base::Error{base::ErrorKind::kGeneric,
                       "cannot tell the version of the JDK at " + jdk.home,
                       "its file 'release' should hold JAVA_VERSION; set ES_JAVA_HOME to a "
                       "complete JDK",
                       0};
  return jdk;
}

}  // namespace

bool Installation::has_module(const std::string& name) const {
  return base::is_directory(home + "/modules/" + name);
}

base::Result<std::string> find_home(const std::string& invoked_as, const Environment& environment) {
  if (invoked_as.find('/') != std::string::npos)
    if (auto home = home_around(follow_last_component(base::absolute_path(invoked_as))))
      return std::move(*home);
  if (const auto program = base::symlink_target("/proc/self/exe"))
    if (auto home = home_around(*program)) return std::move(*home);
  const std::string variable = environment.get("ES_HOME");
  if (!variable.empty()) return base::absolute_path(variable);
  if (!server_version_in(std::string(kPackageHome) + "/lib").empty())
    return std::string(kPackageHome);
  return base::Error{base::ErrorKind::kUsage, "cannot tell which Elasticsearch is meant",
                     "put this program into its bin directory, or set ES_HOME", 0};
}

base::Result<Installation> read_installation(const std::string& home) {
  Installation installation;
  installation.home = home;
  installation.version_text = server_version_in(home + "/lib");
  const auto version = parse_version(installation.version_text);
  if (!version)
    return base::Error{base::ErrorKind::kGeneric,
                       "no server jar (elasticsearch-VERSION.jar) in " + home + "/lib",
                       "check that ES_HOME is a complete Elasticsearch installation", 0};
  installation.version = *version;
  BASE_TRY(const VersionRow row, facts_for(*version));
  installation.facts = row.facts;
  installation.verified = row.verified;
  installation.distribution_type = distribution_type_of(home);
  return installation;
}

base::Result<Jdk> find_jdk(const Installation& installation, const Environment& environment) {
  std::string chosen = environment.get("ES_JAVA_HOME");
  if (chosen.empty()) chosen = variable_of_package(installation.distribution_type, "ES_JAVA_HOME");
  const std::string home = chosen.empty() ? installation.home + "/jdk" : chosen;
  const std::string java = home + "/bin/java";
  if (!base::facts_of(java).readable)
    return base::Error{chosen.empty() ? base::ErrorKind::kNotFound : base::ErrorKind::kGeneric,
                       "no JDK: there is no program at " + java,
                       chosen.empty() ? "install the bundled JDK there, or set ES_JAVA_HOME to one"
                                      : "set ES_JAVA_HOME to the directory of a JDK, or unset it",
                       0};
  BASE_TRY(Jdk jdk, read_jdk(home, chosen.empty() ? "bundled JDK" : "ES_JAVA_HOME"));
  if (jdk.major < installation.facts->oldest_java)
    return base::Error{base::ErrorKind::kGeneric,
                       "Elasticsearch " + installation.version_text + " needs Java " +
                           std::to_string(installation.facts->oldest_java) + " or newer, but " +
                           jdk.home + " is Java " + std::to_string(jdk.major),
                       "set ES_JAVA_HOME to a newer JDK", 0};
  return jdk;
}

base::Result<void> check_newest_java(const Installation& installation, const Jdk& jdk) {
  const int newest = installation.facts->newest_java;
  if (newest == 0 || jdk.major <= newest || installation.verified != Verified::kYes) return {};
  return base::Error{base::ErrorKind::kUsage,
                     "Elasticsearch " + installation.version_text + " runs on Java up to " +
                         std::to_string(newest) + ", but " + jdk.home + " is Java " +
                         std::to_string(jdk.major),
                     "set ES_JAVA_HOME to an older JDK", 0};
}

base::Result<std::string> find_config_directory(const std::string& home,
                                                const Environment& environment) {
  // As where the stock script reads it, the file wins.
  const std::string of_package = variable_of_package(distribution_type_of(home), "ES_PATH_CONF");
  const std::string chosen = of_package.empty() ? environment.get("ES_PATH_CONF") : of_package;
  const std::string path = chosen.empty() ? home + "/config" : base::absolute_path(chosen);
  if (!base::is_directory(path))
    return base::Error{
        base::ErrorKind::kConfig,
        "the configuration directory " + path + " does not exist or is not a directory",
        chosen.empty() ? "restore it, or set ES_PATH_CONF" : "correct ES_PATH_CONF", 0};
  return path;
}

}  // namespace launcher
