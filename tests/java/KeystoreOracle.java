import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.elasticsearch.common.settings.KeyStoreWrapper;

/**
 * Reads and writes keystores with the server's own class, many in one process. Each sub-directory
 * of ROOT is one store; a file "passphrase" in it, where there is one, holds its passphrase.
 *
 * <pre>
 * read ROOT    prints "STORE directory format protected", then a line "name hex" per entry in the
 *              order of names; or "FAILED directory class message"
 * write ROOT   makes a store from the lines "name hex" of the file "entries"
 * </pre>
 */
public final class KeystoreOracle {
    private static final HexFormat HEX = HexFormat.of();
    private static final PrintStream OUT = System.out;

    public static void main(String[] args) throws Exception {
        List<Path> stores;
        try (Stream<Path> listing = Files.list(Path.of(args[1]))) {
            stores = listing.filter(Files::isDirectory).sorted().toList();
        }
        for (Path store : stores) {
            try {
                if (args[0].equals("read")) {
                    read(store);
                } else {
                    write(store);
                }
            } catch (Exception | Error e) {
                OUT.println("FAILED " + store.getFileName() + " " + e.getClass().getSimpleName() + " " + e.getMessage());
            }
        }
        OUT.flush();
    }

    private static char[] passphrase(Path store) throws Exception {
        Path file = store.resolve("passphrase");
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8).toCharArray() : new char[0];
    }

    private static void read(Path store) throws Exception {
        StringBuilder text = new StringBuilder();
        try (KeyStoreWrapper wrapper = KeyStoreWrapper.load(store)) {
            if (wrapper == null) {
                throw new IllegalArgumentException("no keystore there");
            }
            wrapper.decrypt(passphrase(store));
            text.append("STORE ").append(store.getFileName()).append(' ').append(wrapper.getFormatVersion());
            text.append(' ').append(wrapper.hasPassword()).append('\n');
            for (String name : new TreeSet<>(wrapper.getSettingNames())) {
                try (InputStream value = wrapper.getFile(name)) {
                    text.append(name).append(' ').append(HEX.formatHex(value.readAllBytes())).append('\n');
                }
            }
        }
        OUT.print(text);
    }

    private static void write(Path store) throws Exception {
        try (KeyStoreWrapper wrapper = KeyStoreWrapper.create()) {
            for (String line : Files.readAllLines(store.resolve("entries"))) {
                int space = line.indexOf(' ');
                wrapper.setFile(line.substring(0, space), HEX.parseHex(line.substring(space + 1)));
            }
            wrapper.save(store, passphrase(store));
        }
        OUT.println("WRITTEN " + store.getFileName());
    }
}
