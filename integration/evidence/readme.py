"""What the folder says about itself, for whoever opens it without us."""

README = """\
长三角应急信息交换 · 证据文件夹
================================
leaf              日志条目原文（序列化的 yrd.exchange.v1.Leaf）。其散列 = SHA-256(0x00 ‖ leaf)
proof.tlog-proof  包含证明，C2SP tlog-proof 格式：条目序号、路径、检查点、日志签名和各方会签
keys/             各签名的公钥（C2SP signed-note 验证密钥）：0x01 为日志密钥，0x04 为会签密钥
disclosures/      导出方有权看到的披露内容，每组一个文件；其 SHA-256 列在条目中
clause.json       导出方网关所说的共享依据（协议/条款），本身没有签名
activations/N/    证实该依据的协议生效条目（同一日志第 N 条）：leaf、proof.tlog-proof 和协议原文，
                  验证方法同上；原文的 SHA-256 应等于条目中的 text_sha256。验证工具据此重新判定每一条款；
                  没有该条目时，依据只是导出方的说法，工具会注明“未证实”

用本系统验证：      yrd evidence verify 本文件夹 --keys 可信公钥文件夹
不用本系统验证：
 1. 计算 SHA-256(0x00 ‖ leaf)，按 RFC 6962 §2.1.1 用 proof.tlog-proof 中的散列逐层上算，应得检查点的根。
 2. 检查点正文（前三行，含末尾换行）应有日志的 Ed25519 签名；签名行解码后
    前 4 字节为密钥编号，其余 64 字节为签名。
 3. 会签所签内容为 "cosignature/v1\\ntime 秒数\\n" 加检查点正文；编号之后 8 字节为秒数
    （大端），再 64 字节为签名。
 4. 每个披露文件的 SHA-256 应等于条目中同组的摘要。
 任何 C2SP tlog-proof 工具都能完成 1 至 3 步，例如 Go 的 github.com/transparency-dev/formats。
注意：文件夹里的公钥不能证明它属于谁。请向各方另行索取公钥，用 --keys 指定，或逐字比对。

Yangtze Delta exchange · folder of evidence
===========================================
leaf              the log entry as it is (serialised yrd.exchange.v1.Leaf); its hash is SHA-256(0x00 || leaf)
proof.tlog-proof  inclusion proof, C2SP tlog-proof: index, path, checkpoint, the log's signature, cosignatures
keys/             public keys of the signatures (C2SP signed-note verifier keys): 0x01 logs, 0x04 cosigners
disclosures/      what the exporting participant may see, one file for each group; its SHA-256 is in the entry
clause.json       under which agreement/clause it was shared, as the exporting gateway says; not signed itself
activations/N/    what bears that out: entry N of the same log, which brought the agreement into force,
                  with leaf, proof.tlog-proof and the agreement's text, to be verified likewise; the text
                  has the SHA-256 text_sha256 of the entry. Our tool decides anew on each clause. Without
                  that entry a clause is the exporter's word alone, and the tool says NOT PROVEN

With our tool:     yrd evidence verify THIS_FOLDER --keys FOLDER_OF_TRUSTED_KEYS
Without it:
 1. Compute SHA-256(0x00 || leaf) and walk up with the hashes of proof.tlog-proof (RFC 6962, 2.1.1); it must
    lead to the checkpoint's root.
 2. The checkpoint's text (its first three lines with their newlines) bears the log's Ed25519 signature: in
    the decoded signature line, 4 bytes of key id, then 64 bytes.
 3. A cosignature signs "cosignature/v1\\ntime SECONDS\\n" and that text: 4 bytes of key id, 8 bytes of time
    (big endian, seconds), 64 bytes.
 4. The SHA-256 of each disclosure is the digest that the entry has for its group.
 Any C2SP tlog-proof tool does 1 to 3, for example github.com/transparency-dev/formats for Go.
Mind: keys in a folder do not prove whose they are. Get the participants' keys another way and name them with
--keys, or compare them letter by letter.
"""
