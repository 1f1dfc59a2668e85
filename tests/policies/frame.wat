;; The part that every policy in `hostile.toml` shares: memory, an allocator that never frees, and an honest
;; answer to `describe`. The test puts a case's functions where the last line stands.
(module
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 65536))
  (func $allocate (export "cabi_realloc") (param i32 i32 i32) (param $bytes i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.set $free (i32.add (local.get $at) (local.get $bytes)))
    (loop $more
      (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
        (then
          (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable))
          (br $more))))
    (local.get $at))
  ;; description { name: "hostile", version: "1.0.0", summary: "", rules: [] }
  (data (i32.const 16) "\40\00\00\00\07\00\00\00\50\00\00\00\05\00\00\00\50\00\00\00\00\00\00\00\50\00\00\00\00\00\00\00")
  (data (i32.const 64) "hostile")
  (data (i32.const 80) "1.0.0")
  (func (export "code-execute:policy/scanner@VERSION#describe") (result i32) (i32.const 16))
  ;; a list of violations with one violation at 128: { rule, severity, span, excerpt, message, remedy }
  (data (i32.const 120) "\80\00\00\00\01\00\00\00")
  (data (i32.const 128) "\c8\00\00\00\04\00\00\00" "\d0\00\00\00\09\00\00\00")
  (data (i32.const 160) "\c8\00\00\00\04\00\00\00" "\c8\00\00\00\04\00\00\00" "\c8\00\00\00\04\00\00\00")
  (data (i32.const 200) "rule")
  (data (i32.const 208) "forbidden")
  CASE)
