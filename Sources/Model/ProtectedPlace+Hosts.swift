extension ProtectedPlace {
    /// What hosts of sites, and of workspaces, build and run on each push.
    static let hosts: [[ProtectedPlace]] = [
        at(
            ".readthedocs.yaml", ".readthedocs.yml", "readthedocs.yml", "readthedocs.yaml", for: "Read the Docs",
            .continuousIntegration, "https://docs.readthedocs.com/platform/stable/config-file/v2.html"),
        at(
            "netlify.toml", for: "Netlify", .continuousIntegration,
            "https://docs.netlify.com/build/configure-builds/file-based-configuration/"),
        at(
            "vercel.json", "now.json", for: "Vercel", .continuousIntegration,
            "https://vercel.com/docs/project-configuration"),
        at("render.yaml", for: "Render", .continuousIntegration, "https://render.com/docs/blueprint-spec"),
        at(
            "wrangler.toml", "wrangler.json", "wrangler.jsonc", for: "Cloudflare", .continuousIntegration,
            "https://developers.cloudflare.com/workers/wrangler/configuration/"),
        at(
            ".do/", for: "DigitalOcean", .continuousIntegration,
            "https://docs.digitalocean.com/products/app-platform/reference/app-spec/"),
        at(
            "railway.toml", "railway.json", for: "Railway", .continuousIntegration,
            "https://docs.railway.com/reference/config-as-code"),
        at(
            "heroku.yml", for: "Heroku", .continuousIntegration,
            "https://devcenter.heroku.com/articles/build-docker-images-heroku-yml"),
        at("procfile", for: "Heroku", .continuousIntegration, "https://devcenter.heroku.com/articles/procfile"),
        at(
            ".platform/", ".upsun/", ".platform.app.yaml", for: "Upsun", .continuousIntegration,
            "https://docs.upsun.com/create-apps/app-reference.html"),
        at(
            ".devcontainer/", ".devcontainer.json", for: "Codespaces and dev containers", .continuousIntegration,
            "https://containers.dev/implementors/spec/"),
        at(
            ".gitpod.yml", for: "Gitpod", .continuousIntegration,
            "https://www.gitpod.io/docs/configure/workspaces/tasks"),
        at(
            "app.json", for: "Heroku", .continuousIntegration,
            "https://devcenter.heroku.com/articles/app-json-schema"),
        at(
            "scalingo.json", for: "Scalingo", .continuousIntegration,
            "https://doc.scalingo.com/platform/app/app-manifest"),
        at(
            ".buildpacks", for: "buildpacks", .continuousIntegration,
            "https://github.com/heroku/heroku-buildpack-multi"),
        at(
            "nixpacks.toml", "nixpacks.json", for: "Nixpacks", .continuousIntegration,
            "https://nixpacks.com/docs/configuration/file"),
        at(
            "railpack.json", for: "Railpack", .continuousIntegration,
            "https://railpack.com/config/file/"),
        at(
            "fly.toml", for: "Fly", .continuousIntegration,
            "https://fly.io/docs/reference/configuration/"),
        at(
            "vercel.ts", "vercel.mjs", "vercel.js", for: "Vercel", .continuousIntegration,
            "https://vercel.com/docs/project-configuration/vercel-ts"),
        at(
            "apprunner.yaml", for: "AWS App Runner", .continuousIntegration,
            "https://docs.aws.amazon.com/apprunner/latest/dg/config-file-ref.html"),
        at(
            ".ebextensions/", for: "AWS Elastic Beanstalk", .continuousIntegration,
            "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/ebextensions.html"),
        at(
            "apphosting.yaml", "apphosting.*.yaml", for: "Firebase App Hosting", .continuousIntegration,
            "https://firebase.google.com/docs/app-hosting/configure"),
        at(
            ".deployment", for: "Azure App Service", .continuousIntegration,
            "https://github.com/projectkudu/kudu/wiki/Customizing-deployments"),
        at(
            ".gitpod/", ".gitpod.dockerfile", for: "Gitpod", .continuousIntegration,
            "https://ona.com/docs/classic/user/references/gitpod-yml"),
        at(
            ".ona/", for: "Ona", .continuousIntegration,
            "https://ona.com/docs/ona/configuration/tasks-and-services/overview"),
        at(
            "devfile.yaml", ".devfile.yaml", "devfile.yml", ".devfile.yml", for: "devfiles",
            .continuousIntegration,
            "https://devfile.io/docs/2.3.0/what-is-a-devfile"),
        at(
            ".replit", "replit.nix", for: "Replit", .continuousIntegration,
            "https://docs.replit.com/replit-app/configuration"),
        at(
            ".idx/", for: "Firebase Studio", .continuousIntegration,
            "https://firebase.google.com/docs/studio/customize-workspace"),
        at(
            ".codesandbox/", "sandbox.config.json", for: "CodeSandbox", .continuousIntegration,
            "https://codesandbox.io/docs/learn/repositories/task"),
        at(
            ".stackblitzrc", for: "StackBlitz", .continuousIntegration,
            "https://developer.stackblitz.com/platform/webcontainers/project-config"),
    ]
}
