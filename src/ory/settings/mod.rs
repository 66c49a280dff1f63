//! A project's configuration as the files of a self-hosted server (`kratos.yml`, `hydra.yml`, `keto.yml`), and back.
