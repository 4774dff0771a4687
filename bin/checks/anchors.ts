/** Trust anchors and intermediates by SHA-256: the administrator compares them with what the issuer says. */
import { readCertificates, type TrustedCertificate } from '../../config/trust.ts';
import { readTrustStore } from '../../config/trust-store.ts';
import type { CongvanConfig } from '../../config/types.ts';
import { type Finding, ok, warning, wordsOf, wrong } from './finding.ts';

interface Named {
  certificate: TrustedCertificate;
  /** Null = an intermediate. */
  group: string | null;
}

const NO_ANCHORS = warning(
  'anchors',
  'Chưa có chứng thư gốc: mọi chữ ký sẽ là «chưa kết luận được»; dùng «congvan trust add»',
  'No trust anchors: every signature will be indeterminate; use "congvan trust add"',
);

/** One finding for each certificate of the configuration and of the trust folder. */
export function anchorFindings(config: CongvanConfig, now: Date): Finding[] {
  const { anchors, intermediates, store } = config.signatures;
  const files = [
    ...anchors.map(({ file, group }) => ({ file, group })),
    ...intermediates.map((file) => ({ file, group: null })),
  ];
  const findings = [
    ...files.flatMap(({ file, group }) =>
      guarded(file, () => readCertificates(file).map((certificate) => ({ certificate, group })), now),
    ),
    ...storeFindings(store, now),
  ];
  const believed = findings.some((one) => one.what === 'anchor' || one.mark === 'wrong');
  return believed ? findings : [NO_ANCHORS, ...findings];
}

function guarded(file: string, read: () => Named[], now: Date): Finding[] {
  try {
    return read().map((named) => finding(named, now));
  } catch (error) {
    return [wrong(`anchor:${file}`, `${wordsOf(error)} Hãy thay tệp đúng.`, wordsOf(error))];
  }
}

/** Anchors that are confirmed by fingerprint alone count when a signature brings the certificate along. */
function storeFindings(store: string, now: Date): Finding[] {
  const alone: Finding[] = [];
  const named = guarded(
    store,
    () => {
      const { anchors, certificates } = readTrustStore(store);
      const groupOf = new Map(anchors.map(({ sha256, group }) => [sha256, group]));
      for (const { sha256, name } of anchors)
        if (!certificates.some((one) => one.fingerprint === sha256))
          alone.push(
            ok(
              'anchor',
              `${name}, SHA-256 ${sha256}: tin theo vân tay, không có tệp; chỉ dùng khi văn bản kèm chứng thư này`,
              `${name}, SHA-256 ${sha256}: confirmed by fingerprint, no file; of use when a signature carries it`,
            ),
          );
      return certificates.map((certificate) => ({
        certificate,
        group: groupOf.get(certificate.fingerprint) ?? null,
      }));
    },
    now,
  );
  return [...named, ...alone];
}

function finding({ certificate, group }: Named, now: Date): Finding {
  const { known, fingerprint, subject, notAfter } = certificate;
  const what = group === null ? 'intermediate' : 'anchor';
  const name = `${known?.name ?? subject}, SHA-256 ${fingerprint}`;
  if (known !== null && group !== null && known.group !== group) {
    return warning(
      what,
      `${name}: thuộc nhóm ${known.group}, cấu hình ghi ${group}; hãy sửa mục group`,
      `${name}: belongs to ${known.group}, the configuration says ${group}; mend its group`,
    );
  }
  const until = notAfter.slice(0, 10);
  if (Date.parse(notAfter) < now.getTime()) {
    return warning(
      what,
      `${name}: hết hạn ${until}; chỉ còn dùng cho văn bản ký trước đó`,
      `${name}: ended ${until}; of use for older documents only`,
    );
  }
  if (known === null && group !== null) {
    return warning(
      what,
      `${name}: không thuộc các chứng thư gốc đã biết; hãy đối chiếu vân tay với đơn vị cấp`,
      `${name}: not among the known roots; compare the fingerprint with its issuer`,
    );
  }
  return ok(
    what,
    `${name}, đến ${until}; hãy đối chiếu vân tay với đơn vị cấp`,
    `${name}, until ${until}; compare the fingerprint with its issuer`,
  );
}
