#include "tests/support/stand_in_node.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/text.h"

namespace test_support {

namespace fs = std::filesystem;

namespace {

constexpr uid_t kUnprivileged = 65534;
constexpr auto kLimit = std::chrono::seconds(60);

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> nul_separated(const std::string& bytes) {
  auto parts = base::split(bytes, '\0');
  if (!parts.empty()) parts.pop_back();
  return parts;
}

int exit_code_of(const std::optional<int>& status) {
  if (!status) return -1;
  return WIFSIGNALED(*status) ? 128 + WTERMSIG(*status) : WEXITSTATUS(*status);
}

}  // namespace

uid_t test_uid() {
  return geteuid() == 0 ? kUnprivileged : geteuid();
}

std::vector<std::string> as_test_user() {
  if (geteuid() != 0) return {};
  const std::string id = std::to_string(kUnprivileged);
  return {"setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--"};
}

void give_to_test_user(const fs::path& path) {
  if (geteuid() != 0) return;
  if (lchown(path.c_str(), kUnprivileged, kUnprivileged) != 0) return;
  if (!fs::is_directory(fs::symlink_status(path))) return;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (lchown(entry.path().c_str(), kUnprivileged, kUnprivileged) != 0) return;
}

std::string esboot_binary() {
  // Another build of it, with sanitizers.
  const char* const other = std::getenv("ESBOOT_PROGRAM");
  return other != nullptr ? other : std::string(ESBOOT_BINARY_DIR) + "/release/esboot";
}

StandInNode::StandInNode(const std::string& version) {
  chmod(directory_.path().c_str(), 0755);
  for (const char* const name :
       {"es/bin", "es/lib", "es/config", "es/modules/apm", "jdk/bin", "tmp"})
    fs::create_directories(directory_ / name);
  fs::copy_file(esboot_binary(), home() / "bin/esboot");
  fs::copy_file(std::string(ESBOOT_BINARY_DIR) + "/tests/stand_in_java", jdk() / "bin/java");
  const bool is_9 = version.starts_with("9.");
  std::ofstream(jdk() / "release") << "JAVA_VERSION=\"" << (is_9 ? "25.0.3" : "17.0.15") << "\"\n";
  std::ofstream(home() / ("lib/elasticsearch-" + version + ".jar"));
  std::ofstream(home() / "modules/apm/elastic-apm-agent-java8-1.55.6.jar");
  std::ofstream(config() / "elasticsearch.yml") << "# settings\n";
  std::ofstream(config() / "jvm.options") << "-XX:+UseG1GC\n-Djava.io.tmpdir=${ES_TMPDIR}\n";
  std::ofstream(config() / "log4j2.properties") << "status = error\n";
  for (const char* const name : {"elasticsearch.yml", "jvm.options", "log4j2.properties"})
    chmod((config() / name).c_str(), 0660);
  script("ready");
  give_to_test_user(directory_.path());
  environment = {{"ES_JAVA_HOME", jdk().string()},
                 {"ES_TMPDIR", (directory_ / "tmp").string()},
                 {"PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"},
                 {"HOSTNAME", "standin"}};
}

void StandInNode::script(const std::string& lines) {
  put(jdk() / "script", lines + "\n");
}

void StandInNode::put(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
  give_to_test_user(path);
}

std::vector<std::string> StandInNode::command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = as_test_user();
  argv.push_back((home() / "bin/esboot").string());
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

std::unique_ptr<BackgroundProcess> StandInNode::launch(const std::vector<std::string>& arguments,
                                                       const std::function<void()>& before_exec) {
  BackgroundProcess::Request request;
  request.argv = command(arguments);
  request.environment = environment;
  request.directory = directory_.path();
  request.out_file = log("out");
  request.err_file = log("err");
  request.before_exec = before_exec;
  return std::make_unique<BackgroundProcess>(request);
}

StartResult StandInNode::start(const std::vector<std::string>& arguments) {
  BackgroundProcess::Request request;
  // `cat` makes stdout and stderr pipes, and ends only when the relay has ended as well.
  request.argv = {"bash",
                  "-o",
                  "pipefail",
                  "-c",
                  "{ \"$@\" 2>&3 | cat >out; } 3>&1 | cat >err; exit ${PIPESTATUS[0]}",
                  "start"};
  const auto esboot = command(arguments);
  request.argv.insert(request.argv.end(), esboot.begin(), esboot.end());
  request.environment = environment;
  request.directory = directory_.path();
  request.err_file = log("wrapper");
  BackgroundProcess process(request);
  const auto status = process.wait(kLimit);
  return {exit_code_of(status), content(log("out")), content(log("err"))};
}

StartResult StandInNode::start_on_terminal(const std::vector<std::string>& arguments, int columns) {
  std::string line = "stty cols " + std::to_string(columns) + " rows 40; exec";
  for (const std::string& word : command(arguments)) line += " '" + word + "'";
  BackgroundProcess::Request request;
  request.argv = {"script", "-qec", line, log("typescript")};
  request.environment = environment;
  request.directory = directory_.path();
  BackgroundProcess process(request);
  const auto status = process.wait(kLimit);
  return {exit_code_of(status), content(log("typescript")), ""};
}

JvmRecord StandInNode::record() const {
  const fs::path from = jdk() / "record";
  JvmRecord record;
  record.complete =
      eventually([&] { return fs::exists(from / "complete"); }, std::chrono::milliseconds(1));
  record.argv = nul_separated(content(from / "argv"));
  for (const std::string& variable : nul_separated(content(from / "environ")))
    record.environment[variable.substr(0, variable.find('='))] =
        variable.substr(variable.find('=') + 1);
  record.cwd = content(from / "cwd");
  record.stdin_bytes = content(from / "stdin");
  record.fds = base::split(base::trim(content(from / "fds")), '\n');
  record.status = content(from / "status");
  record.limits = content(from / "limits");
  record.umask = content(from / "umask");
  record.pid = std::atoi(content(from / "pid").c_str());
  return record;
}

void StandInNode::forget_record() {
  fs::remove_all(jdk() / "record");
}

std::map<std::string, std::string> StandInNode::snapshot() const {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(config())) {
    struct stat status{};
    lstat(entry.path().c_str(), &status);
    std::string facts = std::to_string(status.st_mode) + " " + std::to_string(status.st_uid) + " ";
    if (entry.is_regular_file()) facts += content(entry.path());
    files[entry.path().string()] = facts;
  }
  return files;
}

}  // namespace test_support
