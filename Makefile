# 两条命令：make demo 生成示例部门的公开文本，不用 root，不装系统软件；make test 运行全部测试。
# make test 要用的系统软件（LibreOffice、浏览器等）：root 用户用 apt 安装，其他用户打印应当执行的命令。

VENV    := .venv
PY      := $(VENV)/bin/python
PYTHON3 := $(shell command -v python3.11 || command -v python3)
RUN_LIBS := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation python3-venv
TEST_LIBS := libreoffice-writer libreoffice-calc poppler-utils fonts-noto-cjk chromium

.PHONY: serve demo test lint bench proof bundle lock licences reference fill fonts clean system-run system-test

demo: $(VENV)/.ready fonts
	@$(PY) -m tools.demo

serve: $(VENV)/.ready fonts
	@$(PY) -m generator serve

test: $(VENV)/.dev system-run system-test fonts
	@$(MAKE) --no-print-directory lint
	@$(PY) -m pytest -n 2 --durations=10

lint: $(VENV)/.dev
	@$(VENV)/bin/ruff check generator tools tests
	@$(VENV)/bin/ruff format --check generator tools tests
	@$(VENV)/bin/mypy

bench: $(VENV)/.dev system-run system-test fonts
	@$(PY) -m tools.proof.bench
	@$(PY) -m tools.proof.bench_batch

fill: $(VENV)/.ready
	@$(PY) -m tools.made.fill_inputs

fonts:
	@sh tools/fetch_fonts.sh --quiet

system-run:
	@sh tools/system_libs.sh $(RUN_LIBS)

system-test:
	@sh tools/system_libs.sh $(TEST_LIBS)

$(VENV)/bin/python:
	@$(PYTHON3) -c 'import ensurepip' 2>/dev/null || sh tools/system_libs.sh python3-venv
	@$(PYTHON3) -m venv $(VENV)

$(VENV)/.ready: $(VENV)/bin/python pyproject.toml
	@[ ! -t 2 ] || echo "正在安装 Python 库（约 100 MB）……" >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.ready pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) output/2* build *.egg-info .mypy_cache .ruff_cache .pytest_cache

# 费时的证明：逐格改数查错，随机填报表，随机改动 Word 文件，随机中断，弄坏各种文件，有意害人的文件，批量、工作台中途强行结束，随机请求接口，五十人同时使用工作台，行尾和页边，图
proof: $(VENV)/.dev
	@$(PY) -m tools.proof.patterns
	@$(PY) -m tools.proof.pack_faults
	@$(PY) -m tools.proof.mutate
	@$(PY) -m tools.proof.audit_many 400 40
	@$(PY) -m tools.proof.fuzz 10000
	@$(PY) -m tools.proof.incoming 10000
	@$(PY) -m tools.proof.edit_fuzz 200
	@$(PY) -m tools.proof.sentences 15
	@$(PY) -m tools.proof.kill 100
	@$(PY) -m tools.proof.damage 200
	@$(PY) -m tools.proof.prove_kill 20
	@$(PY) -m tools.proof.hostile
	@$(PY) -m tools.proof.faults
	@$(PY) -m tools.proof.kill_web 100
	@$(PY) -m tools.proof.fuzz_api 200
	@$(PY) -m tools.proof.load_web 50 120
	@$(PY) -m tools.proof.published_faults --count 300
	@$(PY) -m tools.proof.audit_load 400 200
	@$(PY) -m tools.proof.learned 5
	@$(PY) -m tools.proof.charts 14
	@$(PY) -m tools.proof.lines 30

reference: $(VENV)/.ready
	@$(PY) -m tools.reference

# 不用安装的文件夹：dist/ 里 Windows 的 zip 和 Linux 的 tar.gz
bundle: $(VENV)/.ready fonts
	@$(PY) -m tools.bundle windows
	@$(PY) -m tools.bundle linux

# 重新确定各库的版本（requirements.lock，各平台通用，带校验值）
lock: $(VENV)/.ready
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	@$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements.lock

# 各库和字体的许可（docs/许可.md）
licences: $(VENV)/.ready
	@$(PY) -m tools.licences
