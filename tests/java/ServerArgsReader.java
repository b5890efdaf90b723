import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.TreeSet;
import org.elasticsearch.bootstrap.ServerArgs;
import org.elasticsearch.common.io.stream.InputStreamStreamInput;
import org.elasticsearch.common.settings.KeyStoreWrapper;
import org.elasticsearch.common.settings.SecureString;
import org.elasticsearch.common.settings.Settings;

/**
 * Reads the ServerArgs of a file with the server's own class and prints them, one fact a line. The class differs by
 * version, so its parts are found by their types; what is left of the file afterwards is a fact too.
 */
public final class ServerArgsReader {
    private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    public static void main(String[] args) throws Exception {
        try (InputStream file = Files.newInputStream(Path.of(args[0]))) {
            ServerArgs read = new ServerArgs(new InputStreamStreamInput(file));
            for (RecordComponent part : ServerArgs.class.getRecordComponents()) {
                part.getAccessor().setAccessible(true);
                print(part.getName(), part.getAccessor().invoke(read));
            }
            OUT.println("left " + file.readAllBytes().length);
        }
        OUT.flush();
    }

    private static void print(String name, Object value) throws Exception {
        if (value instanceof KeyStoreWrapper keystore) {
            OUT.println("format " + keystore.getFormatVersion());
            OUT.println("protected " + keystore.hasPassword());
            for (String setting : new TreeSet<>(keystore.getSettingNames())) {
                try (InputStream content = keystore.getFile(setting)) {
                    OUT.println("secret " + setting + " " + HexFormat.of().formatHex(content.readAllBytes()));
                }
            }
        } else if (value instanceof Settings settings) {
            for (String key : new TreeSet<>(settings.keySet())) {
                OUT.println("setting " + key + " " + settings.getAsList(key));
            }
        } else if (value instanceof SecureString text) {
            OUT.println("passphrase " + text);
        } else {
            OUT.println(name + " " + value);
        }
    }
}
